import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

/// Responses from the era of the server to that of the client.
@Suite struct AnswerBridgeTests {
    private static let info = #""io.modelcontextprotocol/serverInfo":{"name":"scripted","version":"1"}"#

    private func response(_ body: String) throws -> Message {
        try Message(#"{"jsonrpc":"2.0","id":1,\#(body)}"#)
    }

    // MARK: To clients with a session

    private func legacy(_ body: String, of method: MCPCore.Method = .toolsCall) throws -> String? {
        let answer = try response(body)
        guard case .passes(let edits) = AnswerBridge.toLegacy(answer, of: method) else { return nil }
        let text = answer.spliced(edits).text
        _ = try Message(text)
        return text
    }

    @Test(
        "What only stateless revisions know is taken out of a result, and nothing else",
        arguments: [
            (#"{"resultType":"complete"}"#, "{}"),
            (#"{"resultType":"complete","content":[1.0]}"#, #"{"content":[1.0]}"#),
            (#"{ "content":[] , "resultType" : "complete" }"#, #"{ "content":[]  }"#),
            (#"{"a":1,"resultT\u0079pe":"complete","b":2}"#, #"{"a":1,"b":2}"#),
            (#"{"ttlMs":5,"cacheScope":"x","resultType":"complete"}"#, #"{"ttlMs":5,"cacheScope":"x"}"#),
            (#"{"content":{"resultType":"complete"}}"#, #"{"content":{"resultType":"complete"}}"#),
            ("{}", "{}"), ("1", "1"), ("null", "null"),
        ])
    func stripped(result: String, expected: String) throws {
        #expect(try legacy(#""result":\#(result)"#) == #"{"jsonrpc":"2.0","id":1,"result":\#(expected)}"#)
    }

    @Test(
        "Hints for caches are taken out of the results that have them",
        arguments: [
            MCPCore.Method.toolsList, .promptsList, .resourcesList, .resourceTemplatesList, .resourcesRead,
        ])
    func hints(method: MCPCore.Method) throws {
        let body = #""result":{"ttlMs":1,"x":1.0,"cacheScope":"public","resultType":"complete","_meta":{"ttlMs":1}}"#
        #expect(
            try legacy(body, of: method) == #"{"jsonrpc":"2.0","id":1,"result":{"x":1.0,"_meta":{"ttlMs":1}}}"#)
    }

    @Test("A resource that does not exist has a code of its own in earlier revisions, when it is certain")
    func notFound() throws {
        let error = #""error":{"message":"m","code":-32602,"data":{"uri":"a:b","x":1.0}}"#
        #expect(try legacy(error, of: .resourcesRead)?.contains(#""code":-32002,"data":{"uri":"a:b","x":1.0}"#) == true)
        #expect(try legacy(error, of: .toolsCall)?.contains("-32602") == true)
        let other = #""error":{"message":"m","code":-32602,"data":{"x":1}}"#
        #expect(try legacy(other, of: .resourcesRead)?.contains("-32602") == true)
        let third = #""error":{"code":-32021,"message":"m","data":{"requiredCapabilities":{}}}"#
        #expect(try legacy(third, of: .resourcesRead) == #"{"jsonrpc":"2.0","id":1,\#(third)}"#)
    }

    @Test(
        "Questions are asked only where the protocol allows them",
        arguments: MCPCore.Method.allCases)
    func questions(method: MCPCore.Method) throws {
        let answer = try response(#""result":{"resultType":"input_required","inputRequests":{}}"#)
        switch AnswerBridge.toLegacy(answer, of: method) {
        case .asks(let result):
            #expect([.toolsCall, .promptsGet, .resourcesRead].contains(method) && result["inputRequests"] != nil)
        case .fails(let refusal):
            #expect(![.toolsCall, .promptsGet, .resourcesRead].contains(method) && refusal.reason == .invalidAnswer)
        case .passes: Issue.record("no client with a session can take this")
        }
    }

    // MARK: To clients without

    private func modern(
        _ body: String,
        of request: String = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}"#
    ) throws -> String {
        let harness = GatewayHarness()
        harness.server.start()
        harness.settle()
        harness.serverIsThere()
        let connection = harness.server.hold(
            .principal(.anonymous, capabilities: .none), of: .anonymous, harness.server.ownDeclaration,
            preferring: harness.upstreams)
        let answer = try response(body)
        let edits = AnswerBridge.toModern(answer, of: try Message(request), from: connection, isShared: true)
        let text = answer.spliced(edits).text
        _ = try Message(text)
        return text
    }

    @Test(
        "A result says that it is complete and whose it is; what stood there stays as it was",
        arguments: [
            ("{}", #"{"resultType":"complete","_meta":{%}}"#),
            (#"{"a":1.0}"#, #"{"resultType":"complete","_meta":{%},"a":1.0}"#),
            (#"{"_meta":{}}"#, #"{"resultType":"complete","_meta":{%}}"#),
            (#"{"_meta":{"k":1},"a":1}"#, #"{"resultType":"complete","_meta":{%,"k":1},"a":1}"#),
            (#"{"resultType":"input_required","a":1}"#, #"{"resultType":"complete","_meta":{%},"a":1}"#),
            (#"{"resultType":1,"_meta":{}}"#, #"{"resultType":"complete","_meta":{%}}"#),
            (#"{"_meta":{},"resultType":1}"#, #"{"resultType":"complete","_meta":{%}}"#),
            (
                #"{"_meta":{"io.modelcontextprotocol/serverInfo":1}}"#,
                #"{"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":1}}"#
            ),
            ("[]", "[]"), ("1", "1"),
        ])
    func completed(result: String, expected: String) throws {
        let text = try modern(#""result":\#(result)"#)
        #expect(text == #"{"jsonrpc":"2.0","id":1,"result":\#(expected.replacing("%", with: Self.info))}"#)
    }

    @Test(
        "Lists and contents are marked as private and stale, whatever the server wrote there",
        arguments: ["tools/list", "prompts/list", "resources/list", "resources/templates/list"])
    func cacheable(method: String) throws {
        let text = try modern(
            #""result":{"ttlMs":99,"x":1,"cacheScope":"public"}"#,
            of: #"{"jsonrpc":"2.0","id":1,"method":"\#(method)"}"#)
        #expect(
            text
                == #"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","ttlMs":0,"cacheScope":"private","_meta":{\#(Self.info)},"x":1}}"#
        )
    }

    @Test(
        "The old code for a missing resource becomes the one that says which",
        arguments: [
            (#"{"code":-32002,"message":"m"}"#, #"{"data":{"uri":"a:\u0062"},"code":-32602,"message":"m"}"#),
            (#"{"code":-32002,"message":"m","data":{}}"#, #"{"code":-32602,"message":"m","data":{"uri":"a:\u0062"}}"#),
            (
                #"{"code":-32002,"data":{"x":1.0},"message":"m"}"#,
                #"{"code":-32602,"data":{"uri":"a:\u0062","x":1.0},"message":"m"}"#
            ),
            (
                #"{"code":-32002,"message":"m","data":{"uri":"z"}}"#,
                #"{"code":-32602,"message":"m","data":{"uri":"z"}}"#
            ),
            (#"{"code":-32002,"message":"m","data":1}"#, #"{"code":-32602,"message":"m","data":1}"#),
            (#"{"code":-32603,"message":"m"}"#, #"{"code":-32603,"message":"m"}"#),
        ])
    func resourceNotFound(error: String, expected: String) throws {
        let text = try modern(
            #""error":\#(error)"#,
            of: #"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"a:\u0062"}}"#)
        #expect(text == #"{"jsonrpc":"2.0","id":1,"error":\#(expected)}"#)
    }

    // MARK: Between stateless sides

    @Test("Of a server's revisions clients are told those that we speak; everything else stays")
    func versions() throws {
        let discover = try Message(#"{"jsonrpc":"2.0","id":1,"method":"server/discover"}"#)
        let answer = try response(#""result":{"a":1.0,"supportedVersions":["2026-07-28","2099-01-01"],"b":{}}"#)
        let text = answer.spliced(AnswerBridge.toSame(answer, of: discover, isShared: true)).text
        #expect(text.contains(#""a":1.0,"supportedVersions":["2026-07-28","2025-11-25""#) && !text.contains("2099"))
        let call = try Message(#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#)
        #expect(AnswerBridge.toSame(answer, of: call, isShared: false).isEmpty)
    }
}
