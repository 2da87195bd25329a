import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

/// What a request is given so that it says who asks.
@Suite struct RequestMetadataTests {
    private let metadata = RequestMetadata(
        clientInfo: ByteBuffer(string: #"{"name":"\u0063"}"#), capabilities: ByteBuffer(string: #"{"roots":{}}"#))
    private static let said =
        #""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"\u0063"},"#
        + #""io.modelcontextprotocol/clientCapabilities":{"roots":{}}"#

    @Test(
        "A request says who asks, whatever it said before",
        arguments: [
            ("", #""params":{"_meta":{%}}"#),
            (#""params":{}"#, #""params":{"_meta":{%}}"#),
            (#""params":{ }"#, #""params":{"_meta":{%} }"#),
            (#""params":{"name":"t"}"#, #""params":{"_meta":{%},"name":"t"}"#),
            (#""params":{"_meta":{}}"#, #""params":{"_meta":{%}}"#),
            (#""params":{"a":1,"_meta":{"k":1.0}}"#, #""params":{"a":1,"_meta":{%,"k":1.0}}"#),
            (
                #""params":{"_meta":{"io.modelcontextprotocol/clientInfo":{"name":"mallory"},"k":1}}"#,
                #""params":{"_meta":{%,"k":1}}"#
            ),
            (
                #""params":{"_meta":{"k":1,"io.modelcontextprotocol/log\u004cevel":"debug"}}"#,
                #""params":{"_meta":{%,"k":1}}"#
            ),
            (
                #""params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"1","io.modelcontextprotocol/clientCapabilities":{"sampling":{}}}}"#,
                #""params":{"_meta":{%}}"#
            ),
        ])
    func edits(params: String, expected: String) throws {
        let comma = params.isEmpty ? "" : ","
        let request = try Message(#"{"jsonrpc":"2.0","id":1,"method":"x"\#(comma)\#(params)}"#)
        let text = request.spliced(metadata.edits(for: request, logLevel: nil)).text
        #expect(text == #"{"jsonrpc":"2.0","id":1,"method":"x",\#(expected.replacing("%", with: Self.said))}"#)
        _ = try Message(text)
    }

    @Test("A request without parameters gets them behind its method, wherever that stands")
    func withoutParams() throws {
        for text in [#"{"method" : "x" ,"id":1,"jsonrpc":"2.0"}"#, #"{"jsonrpc":"2.0","id":1,"method":"a\"b"}"#] {
            let request = try Message(text)
            let read = try Message(request.spliced(metadata.edits(for: request, logLevel: .error)))
            #expect(read.view(read.envelope.metadata.logLevel?.value)?.string == "error")
            #expect(read.methodName == request.methodName && read.id == request.id)
        }
    }

    @Test("The level of log messages is said only where there is one")
    func logLevel() throws {
        let request = try Message(#"{"jsonrpc":"2.0","id":1,"method":"x"}"#)
        let with = request.spliced(metadata.edits(for: request, logLevel: .warning)).text
        #expect(with.contains(#"{"roots":{}},"io.modelcontextprotocol/logLevel":"warning"}}"#))
        let without = request.spliced(metadata.edits(for: request, logLevel: nil)).text
        #expect(!without.contains("logLevel"))
    }

    @Test(
        "Further members stand beside the metadata",
        arguments: [
            #"{"jsonrpc":"2.0","id":1,"method":"x"}"#, #"{"jsonrpc":"2.0","id":1,"method":"x","params":{}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"x","params":{"name":"t"}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"progressToken":5},"name":"t"}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"x","params":{"name":"t","_meta":{}}}"#,
        ])
    func more(text: String) throws {
        let request = try Message(text)
        let more = ByteBuffer(string: #""inputResponses":{"a":1.0},"requestState":"\u0073""#)
        var edits = metadata.edits(for: request, logLevel: .debug, more: more)
        if let token = request.envelope.progressToken { edits.append(Edit(token, .integer(9))) }
        let read = try Message(request.spliced(edits))
        #expect(read.view(read.envelope.inputResponses?.value)?.bytes.text == #"{"a":1.0}"#)
        #expect(read.view(read.envelope.requestState?.value)?.bytes.text == #""\u0073""#)
        #expect(read.view(read.envelope.metadata.clientInfo?.value)?.bytes.text == #"{"name":"\u0063"}"#)
        #expect(read.view(read.envelope.name)?.string == request.view(request.envelope.name)?.string)
        if request.envelope.progressToken != nil { #expect(read.view(read.envelope.progressToken)?.integer == 9) }
    }

    @Test("The parameters of a request of ours hold it all")
    func params() throws {
        #expect(metadata.params.text == #"{"_meta":{\#(Self.said)}}"#)
    }
}
