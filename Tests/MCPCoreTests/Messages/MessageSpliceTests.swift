import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

@Suite struct MessageSpliceTests {
    private static let odd =
        #"{ "x" : 1e400 , "jsonrpc":"2.0" , "id" : "a\u0062" ,"method":"tools/call", "params": {"name":"t\/u","#
        + #""n":12345678901234567890,"_meta":{"progressToken":1.0,"k":"é\u00e9"} } }"#

    @Test("Without edits every byte stays")
    func unchanged() throws {
        #expect(try Message(Self.odd).spliced([]).text == Self.odd)
        #expect(try Message(Self.odd).singleLine.text == Self.odd)
    }

    @Test("The bytes around one edit stay as they came")
    func oneEdit() throws {
        let message = try Message(Self.odd)
        let id = try #require(message.envelope.id)
        let expected = Self.odd.split(separator: #""a\u0062""#).joined(separator: "42")
        #expect(message.spliced([Edit(id, .integer(42))]).text == expected)
    }

    @Test("Several edits in any order change only their spans")
    func severalEdits() throws {
        let message = try Message(Self.odd)
        let id = try #require(message.envelope.id)
        let token = try #require(message.envelope.progressToken)
        let name = try #require(message.envelope.name)
        let edits = [
            Edit(token, .id(.token(Array("1e5".utf8)))), Edit(id, .integer(.min)),
            Edit(name, .bytes(ByteBuffer(string: #""other""#))),
        ]
        let expected = Self.odd.split(separator: #""a\u0062""#).joined(separator: "-9223372036854775808")
            .split(separator: "1.0").joined(separator: "1e5").split(separator: #""t\/u""#).joined(
                separator: #""other""#)
        #expect(message.spliced(edits).text == expected)
        #expect(message.spliced(edits.reversed()).text == expected)
    }

    @Test("Edits and their reverse give the original back")
    func thereAndBack() throws {
        let message = try Message(Self.odd)
        let id = try #require(message.id)
        let range = try #require(message.envelope.id)
        let there = try message.spliced([Edit(range, .integer(1))]).message()
        let back = there.spliced([Edit(try #require(there.envelope.id), .id(id))])
        #expect(back.text == Self.odd)
    }

    @Test("Line breaks become spaces, and strings keep their escapes")
    func lineBreaks() throws {
        let message = try Message("{\r\n\"jsonrpc\":\"2.0\",\n\"id\":1,\r\"method\":\"a\\n\\r\"\n}\n")
        let spliced = message.spliced([Edit(try #require(message.envelope.id), .integer(2))])
        #expect(spliced.text == "{  \"jsonrpc\":\"2.0\", \"id\":2, \"method\":\"a\\n\\r\" } ")
        #expect(message.bytes.text.contains("\n"), "the message itself keeps its bytes")
    }

    @Test("A message inside a larger buffer is spliced by its own offsets")
    func readerIndex() throws {
        var buffer = ByteBuffer(string: "junk" + #"{"jsonrpc":"2.0","id":1,"method":"m"}"#)
        buffer.moveReaderIndex(forwardBy: 4)
        let message = try Message(buffer)
        let spliced = message.spliced([Edit(try #require(message.envelope.id), .integer(99))])
        #expect(spliced.text == #"{"jsonrpc":"2.0","id":99,"method":"m"}"#)
    }
}
