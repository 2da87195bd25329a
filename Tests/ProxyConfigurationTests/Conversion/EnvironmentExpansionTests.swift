import Testing

@testable import ProxyConfiguration

@Suite struct EnvironmentExpansionTests {
    private let expansion = EnvironmentExpansion(environment: [
        "A": "1", "B_2": "two", "NEST": "${A}$A$$", "EMPTY": "", "Q": "\"}",
    ])

    @Test(
        "Variables are put in once, and $$ is a dollar sign",
        arguments: [
            ("", ""), ("x", "x"), ("$A", "1"), ("${A}", "1"), ("x${A}y$B_2-z", "x1ytwo-z"), ("$A$A", "11"),
            ("$$A", "$A"), ("$${A}", "${A}"),
            ("$$$A", "$1"), ("$NEST", "${A}$A$$"), ("$EMPTY", ""), ("a$", "a$"), ("a$ b", "a$ b"), ("$ä", "$ä"),
            ("${Q}", "\"}"), ("ä${A}", "ä1"),
            ("$A\u{301}", "1\u{301}"),
        ])
    func expands(text: String, expanded: String) {
        #expect(expansion.expand(text) == .init(text: expanded))
    }

    @Test("An undefined variable expands to nothing and is named", arguments: [("a${NO}b", "ab"), ("a$NO", "a")])
    func undefined(text: String, expanded: String) {
        #expect(expansion.expand(text) == .init(text: expanded, undefined: ["NO"]))
    }

    @Test(
        "What is no variable stays as it is and is noticed",
        arguments: ["${", "${}", "${A", "${A:-x}", "${1A}", "${A B}"])
    func malformed(text: String) {
        #expect(expansion.expand(text) == .init(text: text, isMalformed: true))
    }

    @Test("A dollar sign before a digit or sign stays and is noticed", arguments: ["pa$5word", "$1", "$!", "$*"])
    func doubtful(text: String) {
        #expect(expansion.expand(text) == .init(text: text, hasDoubtfulDollar: true))
    }
}
