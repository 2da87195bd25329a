import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

@Suite struct JSONStringTests {
    private func unescape(_ content: String) -> [UInt8] {
        unsafe Array(content.utf8).withUnsafeBytes { unsafe JSONString.unescape($0) }
    }

    @Test(
        "Every escape is read",
        arguments: [
            (#"a"#, "a"), (#"\"\\\/"#, "\"\\/"), (#"\b\f\n\r\t"#, "\u{8}\u{C}\n\r\t"), (#"\u0041"#, "A"),
            (#"\u00e9\u00E9"#, "éé"), (#"\uD83D\uDE00x"#, "😀x"), (#"\u0000"#, "\0"), (#"\uFFFF"#, "\u{FFFF}"),
            (#"\\u0041"#, "\\u0041"), ("漢", "漢"), ("", ""), (#"x\udbff\udfffy"#, "x\u{10FFFF}y"),
        ])
    func reads(content: String, text: String) {
        #expect(unescape(content) == Array(text.utf8))
    }

    @Test(
        "Half of a surrogate pair is within the grammar, and what stands around it is read as ever",
        arguments: [
            (#"\uD800"#, [0xED, 0xA0, 0x80]), (#"\uDC00x"#, [0xED, 0xB0, 0x80, 0x78]),
            (#"\uD800\u0041"#, [0xED, 0xA0, 0x80, 0x41]),
            (#"\uD83D12345678"#, [0xED, 0xA0, 0xBD] + Array("12345678".utf8)),
            (#"\uDC00\uD800"#, [0xED, 0xB0, 0x80, 0xED, 0xA0, 0x80]),
            (#"\uD800\uD83D\uDE00"#, [0xED, 0xA0, 0x80] + Array("😀".utf8)),
        ] as [(String, [UInt8])])
    func halves(content: String, bytes: [UInt8]) throws {
        #expect(unescape(content) == bytes)
        let text = try JSONText(scanning: ByteBuffer(string: "\"\(content)\""))
        #expect(text.root.string == String(decoding: bytes, as: UTF8.self))
    }

    @Test("Names that differ in half of a surrogate pair are not the same name twice")
    func halvesInNames() throws {
        _ = try Message(
            ByteBuffer(string: #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"\ud800":1,"\ud801":2,"\ufffd":3}}"#))
    }

    @Test("Content that the scanner never accepts is still read without harm")
    func readsNonsense() {
        for content in [
            #"\"#, #"\u"#, #"\u12"#, #"\uD800"#, #"\uD800\u"#, #"\uD800\uD800"#, #"\uDC00"#, #"\uD83D12345"#,
        ] {
            _ = unescape(content)
        }
    }

    @Test("Text that is written as a string is read back unchanged")
    func roundTrip() throws {
        var texts = (0...0x2F).compactMap(Unicode.Scalar.init).map { "a\($0)b" }
        texts += ["", "é", "😀", "\u{2028}", "\"", "\\", "\\u0041", "</script>", "a\r\nb", "\u{7F}", "\u{FEFF}"]
        texts.append(texts.joined())
        for text in texts {
            var buffer = ByteBuffer()
            buffer.writeJSONString(text)
            let read = try JSONText(scanning: buffer)
            #expect(read.root.string == text)
            #expect(!buffer.readableBytesView.contains { $0 < 0x20 }, "no control character is left in \(text)")
        }
    }

    @Test("A part of a longer text is written alone")
    func substring() throws {
        var buffer = ByteBuffer()
        buffer.writeJSONString("before \"after\"".dropFirst(7))
        #expect(buffer.text == #""\"after\"""#)
    }

    @Test("Integers of any width are written in decimal digits")
    func decimals() {
        var buffer = ByteBuffer()
        buffer.writeDecimal(Int64.min)
        buffer.writeDecimal(UInt8(0))
        #expect(buffer.text == "-92233720368547758080")
    }
}
