import Testing

@testable import ProxyConfiguration

@Suite struct YAMLAliasGuardTests {
    @Test(
        "Plain keys are let through, with and without aliases",
        arguments: [
            "a: &x [1]\nb: *x\n", "a: 2*3\nb: '?'\n", "[a]: 1\n", "? a\n: b\n", "url: http://x/?a=*b\n",
            "a: [*x, *y]\n",
        ])
    func allowed(text: String) {
        #expect(throws: Never.self) { try YAMLAliasGuard.check(Array(text.utf8)) }
    }

    @Test(
        "In a text with aliases, keys that are not plain texts are refused",
        arguments: [
            "a: *x\n? b\n: c\n", "*x : 1", "*x: 1", "a: *x\n[b]: c", "a: *x\n{b: c} : d", "a: *x\n?\n", "{? *x : 1}",
        ])
    func refused(text: String) {
        #expect(throws: DocumentSyntaxError.self) { try YAMLAliasGuard.check(Array(text.utf8)) }
    }
}
