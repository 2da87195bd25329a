import Testing

@testable import TopScreen

@Suite struct KeyReaderTests {
    private func keys(_ portions: String...) -> [KeyReader.Key] {
        var reader = KeyReader()
        return portions.flatMap { reader.keys($0.utf8) }
    }

    @Test("Keys are known by what terminals send for them")
    func known() {
        #expect(keys("qé\r\u{7F}") == [.character("q"), .character("é"), .enter, .backspace])
        #expect(
            keys("\u{1B}[A\u{1B}OB\u{1B}[5~\u{1B}[6~\u{1B}[H\u{1B}[4~") == [
                .up, .down, .pageUp, .pageDown, .home, .end,
            ])
        #expect(keys("\u{3}\u{C}") == [.control("c"), .control("l")])
        #expect(keys("\u{1B}[1;5A") == [.up])
    }

    @Test("A key that comes in parts is one key")
    func parts() {
        #expect(keys("\u{1B}[", "A", "j") == [.up, .character("j")])
        #expect(keys("\u{1B}[5", "~") == [.pageUp])
        var reader = KeyReader()
        let bytes = Array("漢".utf8)
        #expect(reader.keys(bytes[..<1]) == [] && reader.keys(bytes[1...]) == [.character("漢")])
    }

    @Test("An escape alone is a key at once, and what follows is told apart from it")
    func escape() {
        #expect(keys("\u{1B}") == [.escape])
        #expect(keys("\u{1B}", "q") == [.escape, .character("q")])
        #expect(keys("\u{1B}", "\u{1B}") == [.escape, .escape])
        #expect(keys("\u{1B}", "[A") == [.escape, .up])
        #expect(keys("\u{1B}q") == [.escape, .character("q")])
    }

    @Test("What no key sends is passed over, however long it is")
    func nonsense() {
        var reader = KeyReader()
        #expect(reader.keys([0xFF, 0xC0, 0x80, 0xE2, 0x28, 0x00]) == [.character("(")])
        #expect(keys("\u{1B}[99~\u{1B}[Zq") == [.character("q")])
        #expect(keys("\u{1B}[" + String(repeating: "1", count: 100_000), "q") == [.character("q")])
        #expect(keys("\u{1B}[" + String(repeating: "1", count: 10), "~q").last == .character("q"))
    }
}
