import MCPCore
import NIOCore
import Testing

@testable import ToolPins

@Suite struct HiddenCharactersTests {
    @Test(
        "A name has none of what nobody sees or what turns the order",
        arguments: [
            0x202A, 0x202E, 0x2066, 0x2069, 0x200E, 0x200F, 0x061C, 0x200B, 0x200C, 0x200D, 0x2060, 0x2064, 0xFEFF,
            0xE0000,
            0xE0001, 0xE0041, 0xE007F, 0xFE00, 0xFE0F, 0xE0100, 0xE01EF, 0xAD, 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800,
            0x180E,
            0x0, 0x1B, 0x7F, 0x85, 0x9B, 0x2028, 0x2029, 0xFFF9, 0x034F, 0x17B4, 0x1D173, 0xFFF0,
        ] as [UInt32])
    func names(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        #expect(HiddenCharacters.first(in: "a\(scalar)b") == scalar)
        #expect(HiddenCharacters.findings(in: "plain").isEmpty)
    }

    @Test(
        "A name that shows is a name",
        arguments: ["read_file", "näme", "日本語", "نام", "नाम", "a b", "a\nb", "a\tb", "😀", ""])
    func visibleNames(name: String) {
        #expect(HiddenCharacters.first(in: name) == nil)
    }

    @Test("Findings name the character, and how often it is there, the first one first")
    func findings() {
        #expect(
            HiddenCharacters.findings(in: "a\u{202E}b\u{200B}c\u{202E}\u{1B}") == [
                "U+202E RIGHT-TO-LEFT OVERRIDE (2 times)", "U+200B ZERO WIDTH SPACE", "U+001B control character",
            ])
        #expect(HiddenCharacters.findings(in: "\u{2800}\u{E0041}").map { $0.prefix(7) } == ["U+2800 ", "U+E0041"])
    }

    @Test(
        "What a script or a pictograph needs is no finding",
        arguments: [
            "one\ntwo\r\n\tthree", "می\u{200C}خواهم", "क्\u{200D}ष", "क्\u{200C}ष", "ශ්\u{200D}රී", "👩\u{200D}💻",
            "❤\u{FE0F}\u{200D}🔥", "✏\u{FE0F}", "☎\u{FE0E}", "1\u{FE0F}\u{20E3}", "👩🏽\u{200D}🚀", "بِ\u{200C}ن",
        ])
    func needed(text: String) {
        #expect(HiddenCharacters.findings(in: text).isEmpty, "\(HiddenCharacters.findings(in: text))")
    }

    @Test(
        "The same characters where nothing needs them are",
        arguments: [
            "a\u{200C}b", "a\u{200D}b", "\u{200D}", "👩\u{200D}", "\u{200D}💻", "👩\u{200D}\u{200D}💻", "a\u{FE0F}",
            "1\u{FE0F}", "\u{FE0F}", "👩\u{FE01}", "葛\u{E0100}", "می\u{200C}", "می\u{200C}\u{200C}خواهم", "a\rb",
            "\u{0B}",
        ])
    func notNeeded(text: String) {
        #expect(!HiddenCharacters.findings(in: text).isEmpty)
    }

    @Test("A text that is full of them makes few words")
    func bounded() {
        let tags = String(String.UnicodeScalarView((0xE0020...0xE007F).compactMap { Unicode.Scalar($0 as UInt32) }))
        let findings = HiddenCharacters.findings(in: tags)
        #expect(findings.count == 11)
        #expect(findings.last == "86 other characters")
    }

    @Test("All strings of a definition are looked at, as what they stand for")
    func strings() throws {
        let json = try CanonicalJSON.make(
            ByteBuffer(string: #"{"a":{"\u200b":["x\\\"","\u001b","two\nlines"]},"b":"\u202e"}"#))
        #expect(
            HiddenCharacters.findings(inStringsOf: json) == [
                "U+200B ZERO WIDTH SPACE", "U+001B control character", "U+202E RIGHT-TO-LEFT OVERRIDE",
            ])
    }
}
