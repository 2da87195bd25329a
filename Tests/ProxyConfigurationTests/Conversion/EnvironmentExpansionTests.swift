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
        let outcome = expansion.expand(text)
        #expect(outcome.text == expanded)
        #expect(outcome.undefined.isEmpty && outcome.unanswered.isEmpty)
        #expect(!outcome.isMalformed && !outcome.hasDoubtfulDollar)
    }

    @Test("An undefined variable expands to nothing and is named", arguments: [("a${NO}b", "ab"), ("a$NO", "a")])
    func undefined(text: String, expanded: String) {
        #expect(expansion.expand(text) == .init(text: expanded, undefined: ["NO"]))
    }

    @Test(
        "What is no variable stays as it is and is noticed",
        arguments: ["${", "${}", "${A", "${A:x}", "${A-x}", "${:-x}", "${env:}", "${1A}", "${A B}"])
    func malformed(text: String) {
        #expect(expansion.expand(text) == .init(text: text, isMalformed: true))
    }

    @Test(
        "A default counts where the variable is not set or empty",
        arguments: [
            ("${A:-x}", "1"), ("${NO:-x y}", "x y"), ("${EMPTY:-x}", "x"), ("${NO:-}", ""), ("${NO:-$A}", "$A"),
        ])
    func defaults(text: String, expanded: String) {
        let name = ExpandedName(name: String(text.dropFirst(2).prefix { $0 != ":" }), isFile: false)
        #expect(expansion.expand(text) == .init(text: expanded, isExpanded: true, names: [name]))
    }

    @Test(
        "What only an editor can fill in is named",
        arguments: ["${input:key}", "${workspaceFolder}", "${command:x.y}", "${{ secrets.K }}"])
    func unanswered(text: String) {
        #expect(expansion.expand(text) == .init(text: "", unanswered: [text]))
    }

    @Test("A variable may be written as editors write it")
    func editorForm() {
        #expect(
            expansion.expand("${env:A}")
                == .init(
                    text: "1", isExpanded: true, names: [ExpandedName(name: "A", isFile: false)], hasEditorForm: true))
        #expect(expansion.expand("${env:NO}") == .init(text: "", undefined: ["NO"], hasEditorForm: true))
    }

    @Test("A dollar sign before a digit or sign stays and is noticed", arguments: ["pa$5word", "$1", "$!", "$*"])
    func doubtful(text: String) {
        #expect(expansion.expand(text) == .init(text: text, hasDoubtfulDollar: true))
    }
}
