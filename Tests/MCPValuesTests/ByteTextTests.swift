import Testing

@testable import MCPValues

@Suite struct ByteTextTests {
    @Test("Texts that only show the same are two, also in sets and dictionaries")
    func twoSpellings() {
        let (first, second) = (ByteText("caf\u{E9}"), ByteText("cafe\u{301}"))
        #expect(first.text == second.text && first != second)
        #expect(Set([first, second, ByteText("caf\u{E9}")]).count == 2)
        #expect([first: 1, second: 2][second] == 2)
    }

    @Test("Texts are ordered by their bytes")
    func order() {
        #expect(
            ["b", "\u{E9}", "a", "e\u{301}", ""].map(ByteText.init).sorted().map(\.text.utf8.count) == [0, 1, 1, 3, 2])
    }

    @Test("A beginning is one although the next character is combined with it")
    func beginnings() {
        #expect("-\u{301}x".beginsWithBytes(of: "-") && !"-\u{301}x".hasPrefix("-"))
        #expect(
            !"".beginsWithBytes(of: "-") && "ab".beginsWithBytes(of: "") && !"e\u{301}".beginsWithBytes(of: "\u{E9}"))
    }

    @Test("Every byte counts, wherever it stands", arguments: [1, 7, 8, 9, 16, 23])
    func everyByte(length: Int) {
        let text = String(repeating: "a", count: length)
        for place in 0..<length {
            var bytes = Array(text.utf8)
            bytes[place] = UInt8(ascii: "b")
            let other = String(decoding: bytes, as: UTF8.self)
            #expect(!text.hasBytes(of: other) && other.hasBytes(of: String(decoding: bytes, as: UTF8.self)))
        }
    }
}
