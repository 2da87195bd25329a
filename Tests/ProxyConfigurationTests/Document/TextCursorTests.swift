import Testing

@testable import ProxyConfiguration

/// Where a reader of JSON or TOML stands in its text.
@Suite struct TextCursorTests {
    private func cursor(_ text: String) -> TextCursor { TextCursor(Array(text.utf8)) }

    @Test(
        "Lines are counted by their ends, columns by characters and not by bytes",
        arguments: [
            ("", 1, 1), ("ab", 1, 3), ("é", 1, 2), ("\u{1F600}", 1, 2), ("a\n", 2, 1), ("a\r\nb", 2, 2),
            ("\n\né", 3, 2),
        ])
    func position(text: String, line: Int, column: Int) {
        var cursor = cursor(text)
        cursor.skip { _ in true }
        #expect(cursor.position == SourcePosition(line: line, column: column))
        #expect(cursor.current == nil && cursor.text(since: 0) == text)
        cursor.advance()
        #expect(cursor.position == SourcePosition(line: line, column: column))
    }

    @Test("What comes next is told up to the end of the text, and not beyond")
    func next() {
        var cursor = cursor("abc")
        cursor.advance()
        #expect(cursor.isNext("bc") && cursor.isNext("") && !cursor.isNext("bcd") && !cursor.isNext("c"))
        cursor.skip { $0 != UInt8(ascii: "c") }
        #expect(cursor.index == 2 && cursor.text(since: 1) == "b")
    }

    @Test("The escapes that JSON and TOML share are read, others are left where they are")
    func escapes() {
        for (letter, character) in [
            ("\"", "\""), ("\\", "\\"), ("b", "\u{8}"), ("f", "\u{C}"), ("n", "\n"), ("r", "\r"), ("t", "\t"),
        ] {
            var cursor = cursor(letter + "x")
            #expect(cursor.commonEscape() == character && cursor.index == 1)
        }
        for letter in ["/", "u", "U", "a", "0", "N", ""] {
            var cursor = cursor(letter)
            #expect(cursor.commonEscape() == nil && cursor.index == 0)
        }
    }

    @Test("So many hexadecimal digits make a number, fewer none")
    func hexadecimal() {
        var good = cursor("00e9FFFFFFFF1")
        #expect(good.hexadecimal(digits: 4) == 0xE9 && good.hexadecimal(digits: 8) == .max && good.index == 12)
        for text in ["", "00e", "00g9", "é000"] {
            var cursor = cursor(text)
            #expect(cursor.hexadecimal(digits: 4) == nil)
        }
    }
}
