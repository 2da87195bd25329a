import MCPCore
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

/// One request of a client without session, to a server with and without one.
@Suite struct ModernCallTests {
    private static let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("A server with a handshake gets the request without what only says who asks")
    func toLegacy() throws {
        let harness = GatewayHarness()
        let (reply, id) = try harness.askWithID(Ask(id: #""x""#, meta: #""progressToken":"p","k":1.0"#))
        let link = try harness.script.link
        let sent = try #require(link.requests(.toolsCall).first)
        #expect(
            sent.text
                == #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"t","_meta":{"progressToken":\#(id),"k":1.0}}}"#
        )
        #expect(sent.mirrored == nil)
        try harness.serverAnswers(id, result: #"{"content":[]}"#)
        #expect(
            reply.answers == [
                #"{"jsonrpc":"2.0","id":"x","result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"scripted","version":"1"}},"content":[]}}"#
            ])
        #expect(reply.codes == [nil] && reply.cameTooLate.isEmpty && link.unreadable.isEmpty)
        #expect(harness.gateway.calls.total == 0)
    }

    @Test("The server with a handshake is told the client's own capabilities and name")
    func declared() throws {
        let harness = GatewayHarness()
        _ = try harness.ask(Ask(capabilities: #"{"sampling":{}}"#, client: #"{"name":"me","version":"7"}"#))
        harness.serverIsThere()
        let params = try #require(try harness.script.link.requests(.initialize).first?.message.params)
        #expect(params["capabilities"]?.bytes.text == #"{"sampling":{}}"#)
        #expect(params["clientInfo"]?.bytes.text == #"{"name":"me","version":"7"}"#)
    }

    @Test("A stateless server gets every byte of the request but identifier and progress token")
    func toModern() throws {
        let harness = GatewayHarness(era: .always(.modern))
        let ask = Ask(params: #""name":"t","n":1e400"#, meta: #""progressToken":7,"traceparent":"\#(Self.trace)""#)
        let (reply, id) = try harness.askWithID(ask)
        let sent = try #require(try harness.script.link.requests(.toolsCall).first)
        let expected = ask.text.replacing(#""id":1,"#, with: #""id":\#(id),"#)
            .replacing(#""progressToken":7"#, with: #""progressToken":\#(id)"#)
        #expect(sent.text == expected)
        let result =
            #"{"resultType":"input_required","inputRequests":{"a":{"method":"roots/list"}},"requestState":"\u0073"}"#
        try harness.serverAnswers(id, result: result)
        #expect(reply.answers == [#"{"jsonrpc":"2.0","id":1,"result":\#(result)}"#], "what it asks goes through unread")
        #expect(harness.gateway.calls.total == 0)
    }

    @Test("The state of a stateless server goes back to it as it came, also when it looks like one of ours")
    func foreignState() throws {
        let harness = GatewayHarness(era: .always(.modern))
        for state in ["opaque", "mcp-proxy.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let ask = Ask().again("2", state: state, responses: #"{"a":{"roots":[]}}"#)
            let (reply, id) = try harness.askWithID(ask)
            let sent = try #require(try harness.script.link.requests(.toolsCall).last)
            #expect(sent.text.contains(#""requestState":"\#(state)","inputResponses":{"a":{"roots":[]}}"#))
            try harness.serverAnswers(id)
            #expect(reply.codes == [nil])
        }
    }

    @Test("A state that nobody gave out is refused where the server has none")
    func unknownState() throws {
        let harness = GatewayHarness()
        for state in ["opaque", "mcp-proxy.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", ""] {
            let reply = try harness.ask(Ask().again("2", state: state))
            #expect(reply.codes == [.invalidParams])
        }
        #expect(harness.gateway.calls.total == 0)
    }

    @Test("Progress comes under the client's token, of any type", arguments: ["7", #""a\u0062""#, "9007199254740993"])
    func progress(token: String) throws {
        let harness = GatewayHarness()
        let (reply, id) = try harness.askWithID(Ask(meta: #""progressToken":\#(token)"#))
        let progress = #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":%,"progress":1}}"#
        try harness.serverSays(progress.replacing("%", with: "\(id)"))
        #expect(reply.messages == [progress.replacing("%", with: token)])
    }

    @Test("Log messages reach only who asked for them, from the level on")
    func logLevel() throws {
        let harness = GatewayHarness()
        func log(_ level: String) -> String {
            #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"\#(level)","data":1}}"#
        }
        let (silent, first) = try harness.askWithID()
        try harness.serverSays(log("emergency"), relatedTo: first)
        #expect(silent.messages.isEmpty)
        try harness.serverAnswers(first)

        let reply = try harness.ask(Ask(meta: #""io.modelcontextprotocol/logLevel":"warning""#))
        let link = try harness.script.link
        let level = try #require(link.requests(.loggingSetLevel).first)
        #expect(level.text.contains(#""level":"warning""#))
        let before = link.requests(.toolsCall).count
        try harness.serverAnswers(try #require(link.lastRequestID(.loggingSetLevel)))
        #expect(link.requests(.toolsCall).count == before + 1, "the call waits until the server knows the level")
        let id = try #require(link.lastRequestID(.toolsCall))
        for name in ["info", "warning", "error"] { try harness.serverSays(log(name), relatedTo: id) }
        #expect(reply.messages == [log("warning"), log("error")])
    }

    @Test("That a visit to a URL is done is nothing to a client that asks again anyway; what else is said reaches it")
    func elicitationCompleted() throws {
        let harness = GatewayHarness()
        let (reply, id) = try harness.askWithID()
        let other = #"{"jsonrpc":"2.0","method":"notifications/other","params":{}}"#
        try harness.serverSays(
            #"{"jsonrpc":"2.0","method":"notifications/elicitation/complete","params":{"elicitationId":"e"}}"#,
            relatedTo: id
        )
        try harness.serverSays(other, relatedTo: id)
        #expect(reply.messages == [other])
    }

    @Test("A client that leaves cancels its call, and nothing is left over")
    func clientLeaves() throws {
        let harness = GatewayHarness()
        let (reply, id) = try harness.askWithID()
        harness.leave(reply)
        let link = try harness.script.link
        #expect(link.notifications(.cancelled).map(\.text).first?.contains("\"requestId\":\(id)") == true)
        #expect(harness.gateway.calls.total == 0 && reply.endings == 0)
        try harness.serverAnswers(id)
        #expect(reply.endings == 0)
    }

    @Test("A client that left before anything could be done costs the server nothing")
    func leftBefore() throws {
        let harness = GatewayHarness()
        let reply = ModernReplyRecorder()
        reply.leave()
        _ = try harness.ask(Ask(), reply)
        harness.serverIsThere()
        #expect(harness.script.links.flatMap { $0.requests(.toolsCall) }.isEmpty)
        #expect(harness.gateway.calls.total == 0 && reply.endings == 0)
    }

    @Test("Too many calls are refused, and one that ends makes room")
    func overload() throws {
        let harness = GatewayHarness { $0.maximumCalls = 1 }
        let (_, id) = try harness.askWithID()
        let refused = try harness.ask(Ask(id: "2"))
        #expect(refused.codes == [.overloaded])
        try harness.serverAnswers(id)
        let (reply, _) = try harness.askWithID(Ask(id: "3"))
        #expect(reply.answers.isEmpty && harness.gateway.calls.total == 1)
    }

    @Test("A server that cannot be reached is an error for the client, and nothing is left over")
    func unreachable() throws {
        let harness = GatewayHarness(era: .detected)
        let reply = try harness.ask()
        harness.upstreams.perform {
            for link in harness.script.links { link.breakDown(UpstreamFailure(.notReachable, "no offer")) }
        }
        harness.settle()
        #expect(reply.answers.count == 1 && reply.answers[0].contains("-31001"))
        #expect(harness.gateway.calls.total == 0)
    }

    @Test(
        "Methods that do not exist without a session are not found, and reach nobody",
        arguments: [
            "initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "roots/list",
        ])
    func removedMethods(method: String) throws {
        let harness = GatewayHarness()
        let reply = try harness.ask(Ask(method: method))
        #expect(reply.codes == [.methodNotFound] && harness.script.links.isEmpty)
    }

    @Test("A tool that the filter hides does not exist, and a call without a name is refused")
    func filter() throws {
        let harness = GatewayHarness(filter: ToolFilter(mode: .block, names: ["t"]))
        let hidden = try harness.ask()
        #expect(hidden.codes == [.invalidParams] && hidden.answers[0].contains("Unknown tool: t"))
        #expect(try harness.ask(Ask(params: "")).codes == [.invalidParams])
        #expect(harness.script.links.isEmpty)
    }

    @Test("A call and its exchange are freed when it is over, whichever way that is")
    func freed() throws {
        let harness = GatewayHarness()
        func weakReply(_ end: (ModernReplyRecorder, Int64) throws -> Void) throws -> () -> AnyObject? {
            let (reply, id) = try harness.askWithID()
            try end(reply, id)
            return { [weak reply] in reply }
        }
        let answered = try weakReply { try harness.serverAnswers($1) }
        let left = try weakReply { reply, _ in harness.leave(reply) }
        let shutDown = try weakReply { reply, _ in
            // Only what is suspended and what has a session is ended by the proxy; a running call goes with its server.
            harness.upstreams.perform { harness.server.close() }
            harness.settle()
            #expect(reply.answers.count == 1)
        }
        harness.advance(by: .seconds(1))
        #expect(answered() == nil && left() == nil && shutDown() == nil)
    }
}
