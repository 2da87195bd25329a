import Testing

@testable import MCPCore

@Suite struct PrintableTextTests {
    @Test(
        "Visible text stays as it is", arguments: ["", "plain", "tab\tstays", "café – 日本語", "back\\slash \"quoted\""])
    func visible(text: String) {
        #expect(PrintableText.make(text) == text)
    }

    @Test(
        "What ends a line, steers a terminal, turns the reading or hides is written out",
        arguments: [
            ("a\nb", "a\\u{a}b"), ("a\r\nb", "a\\u{d}\\u{a}b"), ("\u{1B}[2J", "\\u{1b}[2J"), ("\0", "\\u{0}"),
            ("\u{7F}", "\\u{7f}"), ("\u{9B}2J", "\\u{9b}2J"), ("\u{85}", "\\u{85}"), ("\u{2028}", "\\u{2028}"),
            ("\u{2029}", "\\u{2029}"), ("evil\u{202E}txt", "evil\\u{202e}txt"), ("\u{2066}", "\\u{2066}"),
            ("\u{200F}", "\\u{200f}"), ("\u{061C}", "\\u{61c}"), ("\u{FEFF}", "\\u{feff}"),
            ("pay\u{AD}pal", "pay\\u{ad}pal"), ("\u{180E}", "\\u{180e}"), ("\u{3164}", "\\u{3164}"),
            ("\u{E0100}", "\\u{e0100}"), ("\u{E0041}", "\\u{e0041}"), ("e\u{202E}\u{301}", "e\\u{202e}\u{301}"),
        ])
    func hidden(text: String, shown: String) {
        #expect(PrintableText.make(text).unicodeScalars.elementsEqual(shown.unicodeScalars))
        #expect(PrintableText.make(shown).unicodeScalars.elementsEqual(shown.unicodeScalars), "twice is like once")
    }

    @Test("A name is cut after as many bytes as allowed, never within a character")
    func cut() {
        let exact = String(repeating: "x", count: 256)
        #expect(PrintableText.make(exact) == exact)
        #expect(PrintableText.make(exact + "x") == exact + "…")
        #expect(PrintableText.make("aé", maximumBytes: 2) == "a…")
        #expect(PrintableText.make(String(repeating: "\u{202E}", count: 1_000)).utf8.count <= 256 + "…".utf8.count)
    }
}
