import Testing

@testable import ProxyConfiguration

@Suite struct StringTrimmingTests {
    @Test(
        "White space is taken from both ends only", arguments: [(" a b\t\n", "a b"), ("", ""), (" \n", ""), ("a", "a")])
    func trims(text: String, trimmed: String) {
        #expect(text.trimmingSpaces == trimmed)
    }

    @Test("Control characters are found, also the ones beyond ASCII")
    func controls() {
        #expect(
            "a\u{0}".hasControlCharacter && "\u{85}".hasControlCharacter && "\r\n".hasControlCharacter
                && "\u{7F}".hasControlCharacter)
        #expect(!"a b ä".hasControlCharacter)
    }
}
