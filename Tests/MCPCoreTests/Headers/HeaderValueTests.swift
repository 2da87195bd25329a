import MCPTestSupport
import Testing

@testable import MCPCore

@Suite struct HeaderValueTests {
    private func same(_ left: String?, _ right: String) -> Bool {
        left.map { $0.utf8.elementsEqual(right.utf8) } ?? false
    }

    @Test(
        "Texts are written as the specification's tables say, and read back",
        arguments: [
            ("us-west1", "us-west1"),
            ("Hello, 世界", "=?base64?SGVsbG8sIOS4lueVjA==?="),
            (" padded ", "=?base64?IHBhZGRlZCA=?="),
            ("line1\nline2", "=?base64?bGluZTEKbGluZTI=?="),
            ("line1\r\nline2", "=?base64?bGluZTENCmxpbmUy?="),
            ("=?base64?literal?=", "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="),
            (" us-west1", "=?base64?IHVzLXdlc3Qx?="),
            ("us-west1 ", "=?base64?dXMtd2VzdDEg?="),
            ("us west 1", "us west 1"),
            ("日本語", "=?base64?5pel5pys6Kqe?="),
            ("\tindented", "=?base64?CWluZGVudGVk?="),
            ("", ""),
            ("tab\tinside", "tab\tinside"),
            ("file:///path/to/file%20name.txt", "file:///path/to/file%20name.txt"),
            ("\u{7F}", "=?base64?fw==?="),
            ("\0", "=?base64?AA==?="),
            ("~!", "~!"),
            ("=?base64?=", "=?base64?PT9iYXNlNjQ/PQ==?="),
            ("=?BASE64?x?=", "=?BASE64?x?="),
            ("=?base64?x", "=?base64?x"),
            ("x?=", "x?="),
        ])
    func written(text: String, value: String) {
        #expect(HeaderValue.encode(text) == value)
        #expect(same(HeaderValue.decode(value), text))
    }

    @Test(
        "A value that needs no encoding may still be encoded",
        arguments: [("=?base64?SGVsbG8=?=", "Hello"), ("=?base64??=", "")])
    func needless(value: String, text: String) {
        #expect(HeaderValue.decode(value) == text)
    }

    @Test(
        "Without both markers in lower case a value is plain",
        arguments: [
            "SGVsbG8=", "=?base64?SGVsbG8=", "=?BASE64?SGVsbG8=?=", "=?Base64?SGVsbG8=?=", "?base64?SGVsbG8=?=",
        ])
    func plain(value: String) {
        #expect(HeaderValue.decode(value) == value)
    }

    @Test(
        "Bad Base64, bad UTF-8 and characters that no header may hold are refused",
        arguments: [
            "=?base64?SGVsbG8?=", "=?base64?SGVs!!!bG8=?=", "=?base64?SGVsbG8=\t?=", "=?base64?=", "=?base64?Zh==?=",
            "=?base64?wyg=?=", "=?base64?7aCA?=", "=?base64?wIA=?=", "é", "a\nb", "a\rb", "a\0b", "\u{7F}", "\u{A0}",
        ])
    func refused(value: String) {
        #expect(HeaderValue.decode(value) == nil)
    }

    @Test("Blanks around a value are not part of it", arguments: [" foo", "foo \t", "\t foo  ", " =?base64?Zm9v?= "])
    func blanks(value: String) {
        #expect(HeaderValue.decode(value) == "foo")
        #expect(HeaderValue.decode("  ")?.isEmpty == true)
    }

    @Test("Random texts arrive byte by byte, and what travels is allowed in a header")
    func roundTrip() {
        var random = SeededGenerator(seed: 7)
        let pieces = ["a", " ", "\t", "\n", "=?base64?", "?=", "é", "e\u{301}", "👩‍👩‍👧‍👦", "\u{0}", "~", "=", "?"]
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }.joined()
            let value = HeaderValue.encode(text)
            #expect(value.utf8.allSatisfy { $0 == 0x09 || (0x20...0x7E).contains($0) })
            #expect(same(HeaderValue.decode(value), text), "\(Array(text.utf8))")
        }
    }
}
