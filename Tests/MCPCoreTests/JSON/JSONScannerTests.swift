import NIOCore
import Testing

@testable import MCPCore

@Suite struct JSONScannerTests {
    @Test(
        "What RFC 8259 allows is accepted, from its first to its last byte",
        arguments: [
            "0", "-0", "-1", "10", "1.5", "-0.0", "1e1", "1E+1", "1e-1", "0e0", "1e400", "-1.5E-400",
            "12345678901234567890123456789012345678901234567890", "9007199254740993", "1.0",
            "true", "false", "null", #""""#, #""a""#, #""\"\\\/\b\f\n\r\t""#, #""\u0000""#, #""\u00e9\u00E9""#,
            #""\uD834\uDD1E""#, #""\uFFFF""#, "\"\u{7F}\"", "\"é漢👩‍👩‍👧‍👦\u{10FFFF}\"", "\"\u{FEFF}\"", "\"\u{2028}\u{2029}\"",
            "[]", "[ ]", "{}", "{ }", "[1]", "[1,2]", "[[],{}]", #"{"a":1}"#, #"{"a":{"a":{"a":[]}}}"#, #"{"":0}"#,
            "[\"abcdefg\\n\"]", "\"1234567\"", "\"12345678\"", "\"123456789\"", "\"1234567é\"", "\"1234567\\\\\"",
        ])
    func accepts(text: String) throws {
        let count = text.utf8.count
        #expect(try scan(text).get() == 0..<count)
        #expect(try scan(" \t\r\n" + text + " \t\r\n").get() == 4..<count + 4)
        #expect(JSONReference.accepts(Array(text.utf8)))
    }

    @Test(
        "What RFC 8259 does not allow is refused with the reason",
        arguments: [
            ("", JSONError.Code.unexpectedEnd), (" ", .unexpectedEnd), ("+1", .unexpectedByte), (".5", .unexpectedByte),
            ("01", .trailingBytes), ("-", .unexpectedEnd), ("-a", .invalidNumber), ("1.", .unexpectedEnd),
            ("1.a", .invalidNumber), ("1e", .unexpectedEnd), ("1e+", .unexpectedEnd), ("1ea", .invalidNumber),
            ("0x10", .trailingBytes), ("NaN", .unexpectedByte), ("Infinity", .unexpectedByte),
            ("-Infinity", .invalidNumber), ("tru", .unexpectedEnd), ("True", .unexpectedByte), ("nul", .unexpectedEnd),
            ("truE", .unexpectedByte), ("truex", .trailingBytes), ("\"", .unexpectedEnd), ("\"a", .unexpectedEnd),
            ("'a'", .unexpectedByte), ("\"\t\"", .controlCharacterInString), ("\"a\nb\"", .controlCharacterInString),
            ("\"\u{0}\"", .controlCharacterInString), ("\"12345678\u{1F}\"", .controlCharacterInString),
            (#""\a""#, .invalidEscape), (#""\'""#, .invalidEscape), (#""\x41""#, .invalidEscape),
            ("\"\\", .unexpectedEnd),
            (#""\u12""#, .unexpectedEnd), (#""\u12"  ""#, .invalidEscape), (#""\u123"#, .unexpectedEnd),
            (#""\u+123""#, .invalidEscape),
            (#""\uD800\u00zz""#, .invalidEscape),
            ("[", .unexpectedEnd), ("[1", .unexpectedEnd), ("[1,", .unexpectedEnd), ("[,1]", .unexpectedByte),
            ("[1,]", .unexpectedByte), ("[1 2]", .unexpectedByte), ("]", .unexpectedByte), ("[}", .unexpectedByte),
            ("{", .unexpectedEnd), ("{\"a\"", .unexpectedEnd), (#"{"a":"#, .unexpectedEnd),
            (#"{"a":1"#, .unexpectedEnd),
            (#"{"a":1,}"#, .unexpectedByte), (#"{,}"#, .unexpectedByte), (#"{a:1}"#, .unexpectedByte),
            (#"{"a" 1}"#, .unexpectedByte), (#"{"a"::1}"#, .unexpectedByte), (#"{1:1}"#, .unexpectedByte),
            (#"{"a":1 "b":2}"#, .unexpectedByte), ("1 2", .trailingBytes), ("{} {}", .trailingBytes),
            ("[]]", .trailingBytes),
            ("1,", .trailingBytes), ("//a\n1", .unexpectedByte), ("1/*a*/", .trailingBytes),
            ("\u{FEFF}1", .unexpectedByte),
            ("\u{A0}1", .unexpectedByte), ("1\u{B}", .trailingBytes), ("\u{C}1", .unexpectedByte),
            ("1\u{0}", .trailingBytes),
        ])
    func refuses(text: String, code: JSONError.Code) {
        #expect(refusal(text)?.code == code)
        #expect(!JSONReference.accepts(Array(text.utf8)))
    }

    @Test(
        "Bytes that are no UTF-8 are refused inside strings",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xE1, 0x80], [0xE1, 0x80, 0x20], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
            [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xEF, 0xBB], [0xC3, 0xC3, 0xA9],
        ] as [[UInt8]])
    func refusesBrokenUTF8(bytes: [UInt8]) {
        for prefix in ["", "1234567", "12345678"] {
            let start: [UInt8] = [0x22] + Array(prefix.utf8)
            #expect(refusal(start + bytes + [0x22])?.code == .invalidUTF8)
            // Cut off at the end of the text, they must not be read past it.
            #expect(refusal(start + bytes) != nil)
        }
    }

    @Test("The edges of every UTF-8 length are accepted")
    func acceptsUTF8Edges() {
        for scalar: Unicode.Scalar in [
            "\u{80}", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}", "\u{D7FF}", "\u{E000}",
        ] {
            #expect(refusal("\"\(scalar)\"") == nil)
        }
    }

    @Test("Text in UTF-16 is refused")
    func refusesUTF16() {
        #expect(refusal([0xFE, 0xFF, 0x00, 0x31]) != nil)
        #expect(refusal([0x31, 0x00]) != nil)
        #expect(refusal([0x22, 0x00, 0x61, 0x00, 0x22, 0x00]) != nil)
    }

    @Test("Nesting is accepted to the limit and refused one level deeper", arguments: [1, 2, 128, 1_000])
    func depth(limit: Int) {
        func nested(_ levels: Int, _ open: String, _ close: String) -> String {
            String(repeating: open, count: levels) + String(repeating: close, count: levels)
        }
        #expect(refusal(nested(limit, "[", "]"), maximumDepth: limit) == nil)
        #expect(refusal(nested(limit + 1, "[", "]"), maximumDepth: limit)?.code == .tooDeep)
        let object = String(repeating: #"{"a":"#, count: limit - 1) + "{}" + String(repeating: "}", count: limit - 1)
        #expect(refusal(object, maximumDepth: limit) == nil)
        #expect(refusal(#"{"a":"# + object + "}", maximumDepth: limit)?.code == .tooDeep)
    }

    @Test("A hundred thousand levels are refused without harm")
    func veryDeep() {
        #expect(refusal(String(repeating: "[", count: 100_000))?.code == .tooDeep)
        #expect(refusal(String(repeating: #"{"a":"#, count: 100_000))?.code == .tooDeep)
    }

    @Test("A limit of zero allows scalars alone")
    func depthZero() {
        #expect(refusal("1", maximumDepth: 0) == nil)
        #expect(refusal("[]", maximumDepth: 0)?.code == .tooDeep)
        #expect(refusal("{}", maximumDepth: 0)?.code == .tooDeep)
    }

    @Test("Numbers are accepted to 1,024 bytes and refused one byte longer")
    func numberLength() {
        #expect(refusal(String(repeating: "1", count: 1_024)) == nil)
        #expect(refusal(String(repeating: "1", count: 1_025))?.code == .numberTooLong)
    }

    @Test(
        "A member name that comes twice is refused at every level, however it is escaped",
        arguments: [
            #"{"a":1,"a":2}"#, #"{"a":1,"b":2,"a":3}"#, #"{"x":{"a":1,"a":2}}"#, #"[{"a":1,"a":1}]"#,
            #"{"id":1,"\u0069d":2}"#, #"{"\u0069d":1,"id":2}"#, #"{"\u0069d":1,"i\u0064":2}"#, #"{"":1,"":2}"#,
            #"{"\/":1,"/":2}"#, #"{"\ud83d\ude00":1,"😀":2}"#, #"{"a":{},"b":{"c":{"d":1,"d":2}}}"#,
            #"{"a":{"x":1},"b":{"x":1},"a":1}"#, #"{"\n":1,"\u000a":1}"#,
        ])
    func duplicates(text: String) {
        #expect(refusal(text)?.code == .duplicateKey)
        #expect((try? scan(text, duplicateKeys: .accepted).get()) != nil, "accepted where duplicates are")
    }

    @Test(
        "Names that only look alike are different",
        arguments: [
            #"{"a":1,"A":2}"#, "{\"é\":1,\"e\u{301}\":2}", #"{"a":{"a":1}}"#, #"[{"a":1},{"a":1}]"#, #"{"a":1,"a ":2}"#,
            "{\"K\":1,\"\u{212A}\":2}", "{\"s\":1,\"\u{17F}\":2}", #"{"a":1,"a\u0000":2}"#,
        ])
    func lookalikes(text: String) {
        #expect(refusal(text) == nil)
    }

    @Test("A duplicate is noticed in objects of any size and wherever it stands")
    func manyMembers() {
        for count in [1, 2, 15, 16, 17, 18, 33, 200] {
            let names = (0..<count).map { #""name\#($0)":0"# }
            #expect(refusal("{\(names.joined(separator: ","))}") == nil)
            for first in Set([0, count / 2, count - 1]) {
                let twice = names + [#""name\#(first)":1"#]
                #expect(refusal("{\(twice.joined(separator: ","))}")?.code == .duplicateKey, "\(first) of \(count)")
            }
        }
    }

    @Test("Large objects inside large objects are kept apart")
    func nestedLargeObjects() {
        let inner = "{" + (0..<20).map { #""n\#($0)":0"# }.joined(separator: ",") + "}"
        let members = (0..<20).map { #""n\#($0)":\#(inner)"# }
        #expect(refusal("{\(members.joined(separator: ","))}") == nil)
        #expect(refusal("{\((members + [#""n3":0"#]).joined(separator: ","))}")?.code == .duplicateKey)
        let mixed = #"{"n0":\#(inner),"n1":[\#(inner),\#(inner)],"n0":1}"#
        #expect(refusal(mixed)?.code == .duplicateKey)
    }

    @Test("The offset of an error points at the offending byte")
    func offsets() {
        #expect(refusal("[1,2,x]")?.offset == 5)
        #expect(refusal(#"{"a":1,"a":2}"#)?.offset == 7)
        #expect(refusal("1 2")?.offset == 2)
        #expect(refusal("[[[]]]", maximumDepth: 2)?.offset == 2)
    }

    @Test("No bytes at all are refused, whatever the buffer's storage is")
    func empty() {
        let unallocated = ByteBuffer()
        #expect(throws: JSONError.self) { try JSONText(scanning: unallocated) }
    }

    @Test("A buffer is read from its reader index to its writer index")
    func readerIndex() throws {
        var buffer = ByteBuffer(string: "xx[1]yy")
        buffer.moveReaderIndex(forwardBy: 2)
        buffer.moveWriterIndex(to: buffer.writerIndex - 2)
        #expect(try JSONText(scanning: buffer).root.elements.map(\.integer) == [1])
    }
}
