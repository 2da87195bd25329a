import Testing

@testable import TopScreen

@Suite struct TextTests {
    @Test("Times of the management API are read, and nothing else")
    func clock() {
        #expect(ClockText.seconds("1970-01-01T00:00:00Z") == 0)
        #expect(ClockText.seconds("2026-11-23T22:16:57Z") == 1_795_472_217)
        #expect(ClockText.seconds("2024-02-29T12:00:00.250Z") == 1_709_208_000.25)
        for text in ["", "Z", "2026-11-23T22:16:57+01:00", "2026-13-23T22:16:57Z", "2026-11-23", "a-b-cTd:e:fZ"] {
            #expect(ClockText.seconds(text) == nil, "\(text)")
        }
        #expect(ClockText.time(1_795_472_217) == "22:16:57Z")
        #expect(
            [0, 59, 725, 11_520, 356_400, -5, .nan].map(ClockText.age) == [
                "0s", "59s", "12m05s", "3h12m", "4d03h", "0s", "0s",
            ])
    }

    @Test("Numbers take few characters, however large they are")
    func numbers() {
        #expect(
            [0, 0.44, 9.97, 12.3, 9_999, 9_999.6, 123_456, 1e15, -1, .nan].map(NumberText.count) == [
                "0", "0.4", "10.0", "12", "9999", "10.0k", "123k", "1.0P", "-", "-",
            ])
        #expect([0, 1_023, 1_024, 47_400_000, 1.5e9, 1e30].map(NumberText.bytes).allSatisfy { $0.count <= 11 })
        #expect([0, 1_023, 47_400_000].map(NumberText.bytes) == ["0", "1023", "45.2M"])
        #expect([0.0008, 0.012, 1.23, 95, 0.9999].map(NumberText.time) == ["0.8ms", "12ms", "1.2s", "95s", "1.0s"])
        #expect([0, 0.003, 0.12, 2.5].map(NumberText.percent) == ["0%", "0.3%", "12%", "250%"])
    }

    @Test("Characters take the room that terminals give them")
    func widths() {
        #expect(CellText.width("abc") == 3)
        #expect(CellText.width("漢字") == 4)
        #expect(CellText.width("e\u{301}") == 1)
        #expect(CellText.width("🙂") == 2)
        #expect(CellText.width("한") == 2)
        #expect(CellText.width("é…│") == 3)
    }

    @Test("A text is cut or filled to its columns, and a wide character that does not fit is left out")
    func fit() {
        #expect(CellText.fit("abc", 5) == "abc  ")
        #expect(CellText.fit("abc", 5, isRight: true) == "  abc")
        #expect(CellText.fit("abcdef", 4) == "abc…")
        #expect(CellText.fit("漢字漢字", 6) == "漢字… ")
        #expect(CellText.fit("漢字漢字", 4) == "漢… ")
        #expect(CellText.fit("abc", 0) == "" && CellText.fit("abc", 1) == "…" && CellText.cut("abc", -3) == "")
    }

    @Test("Nothing in a text steers the terminal, turns its direction, or is long")
    func safe() {
        #expect(CellText.safe("a\u{1B}[2Jb\tc\nd\u{202E}") == "a\\u{1b}[2Jb c\\u{a}d\\u{202e}")
        #expect(CellText.safe(String(repeating: "x", count: 100_000)).utf8.count < 1_100)
    }
}
