import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

/// Another name in the place of one.
@Suite struct MessageRespellingTests {
    private static let metadata =
        #""_meta":{"progressToken":7,"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"name"},"io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/logLevel":"info"}"#

    @Test(
        "Everything stands where reading the message again would find it",
        arguments: [
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"git__status","arguments":{"a":[1]}}}"#,
            #"{"params":{"arguments":{},"name":"git__status"},"method":"tools/call","id":"x","jsonrpc":"2.0"}"#,
            #"{"jsonrpc":"2.0","id":1,"params":{\#(metadata),"name":"a","inputResponses":{},"requestState":"s"},"method":"tools/call"}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"inputResponses":{"k":1},"name":"a","requestState":"s",\#(metadata)}}"#,
            "{ \"jsonrpc\" : \"2.0\",\n \"id\":1, \"method\":\"tools/call\", \"params\" : { \"name\" : \"a\\u0062\" , \"taskId\":\"t\" } }",
        ], [#""""#, #""status""#, #""a much longer name than there was before""#])
    func standsWhereItWould(_ text: String, _ name: String) throws {
        let message = try Message(ByteBuffer(string: text))
        let range = try #require(message.envelope.name)
        let other = message.replacing(range, by: ByteBuffer(string: name))
        let again = try Message(other.bytes)
        #expect(other.envelope == again.envelope)
        #expect(other.view(other.envelope.name)?.bytes.text == name)
        #expect(other.id == message.id)
    }

    @Test(
        "The same bytes with another number are the message that reading them gives",
        arguments: [(1, 2), (9, 10), (1_000, 7)])
    func repeated(_ first: Int, _ second: Int) throws {
        func text(_ id: Int) -> ByteBuffer {
            ByteBuffer(
                string:
                    #"{"result":{"tools":[{"name":"a","inputSchema":{}}],"_meta":{"x":1}},"id":\#(id),"jsonrpc":"2.0"}"#
            )
        }
        let known = try Message(text(first))
        let other = try #require(known.repeated(in: text(second)))
        #expect(other.envelope == (try Message(text(second))).envelope && other.id == .integer(Int64(second)))
    }

    @Test(
        "What differs in anything but a plain number is read as if nothing were known",
        arguments: [
            #"{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"b"}]}}"#,
            #"{"jsonrpc":"2.0","id":02,"result":{"tools":[{"name":"a"}]}}"#,
            #"{"jsonrpc":"2.0","id":-2,"result":{"tools":[{"name":"a"}]}}"#,
            #"{"jsonrpc":"2.0","id":"2","result":{"tools":[{"name":"a"}]}}"#,
            #"{"jsonrpc":"2.0","id":2,"id":3,"result":{"tools":[{"name":"a"}]}}"#,
            #"{"jsonrpc":"2.0","id":2 ,"result":{"tools":[{"name":"a"}]}}"#,
            #"{"jsonrpc":"2.0","id":,"result":{"tools":[{"name":"a"}]}}"#, "{}", "",
        ])
    func different(_ text: String) throws {
        let known = try Message(ByteBuffer(string: #"{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a"}]}}"#))
        #expect(known.repeated(in: ByteBuffer(string: text)) == nil)
    }
}
