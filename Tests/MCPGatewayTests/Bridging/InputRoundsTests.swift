import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

/// A stateless server that needs something of a client with a session before it can answer.
@Suite struct InputRoundsTests {
    private static let elicitation =
        #"{"method":"elicitation/create","params":{"message":"n\u0061me?","requestedSchema":{"x":1e400}}}"#
    private static let sampling = #"{"method":"sampling/createMessage","params":{"messages":[]}}"#

    /// A client with a call to which the server answers with questions.
    private final class Scene {
        let harness = GatewayHarness(era: .always(.modern))
        let client: TestClient
        let reply: ReplyRecorder

        init(
            capabilities: String = GatewayHarness.everything,
            call: String =
                #"{"jsonrpc":"2.0","id":"c","method":"tools/call","params":{"name":"t","arguments":{"a":1.0}}}"#
        ) throws {
            let outcome = try harness.beginOpening(capabilities: capabilities)
            harness.serverIsThere(capabilities: #"{"tools":{}}"#)
            let link = try harness.script.link
            // A stateless server is asked anew for each session.
            let discovery = try #require(link.requests(.serverDiscover).last?.id)
            try harness.serverAnswers(
                discovery, result: #"{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{}}"#)
            client = try TestClient(outcome.session, harness)
            reply = try client.call(call)
        }

        var link: ScriptedLink { get throws { try harness.script.link } }
        var calls: [ScriptedLink.Sent] { get throws { try link.requests(.toolsCall) } }

        func ask(_ requests: String, state: String? = #""s""#) throws {
            guard let id = try calls.last?.id else { throw TestClient.NotSent() }
            let state = state.map { #","requestState":\#($0)"# } ?? ""
            try harness.serverAnswers(
                id, result: #"{"resultType":"input_required","inputRequests":\#(requests)\#(state)}"#)
        }

        /// What the client was asked, in order.
        var questions: [Message] {
            get throws { try reply.messages.map { try Message($0) }.filter { $0.kind == .request } }
        }

        func respond(_ question: Message, _ body: String) throws {
            guard let id = question.view(question.envelope.id)?.bytes.text else { return }
            try client.respond(#"{"jsonrpc":"2.0","id":\#(id),\#(body)}"#)
        }

        func finish() throws {
            guard let id = try calls.last?.id else { throw TestClient.NotSent() }
            try harness.serverAnswers(id, result: #"{"resultType":"complete","content":[]}"#)
        }

        var isClean: Bool { harness.gateway.calls.total == 0 && client.session.callsInFlight == 0 }
    }

    @Test("Each input is a question to the client, and the call is made again with the answers and the exact state")
    func severalInputs() throws {
        let scene = try Scene()
        let before = scene.harness.gateway.calls.total
        try scene.ask(#"{"a":\#(Self.elicitation),"\u0062":\#(Self.sampling)}"#, state: #""\u0073\/1""#)
        let questions = try scene.questions
        #expect(questions.map(\.method) == [.elicitationCreate, .samplingCreateMessage])
        #expect(questions[0].params?.bytes.text == #"{"message":"n\u0061me?","requestedSchema":{"x":1e400}}"#)
        #expect(questions[0].id != questions[1].id)
        try scene.respond(questions[1], #""result":{"role":"assistant","content":{"n":1.0}}"#)
        #expect(try scene.calls.count == 1, "all answers are waited for")
        try scene.respond(questions[0], #""result":{"action":"accept","content":{}}"#)
        let calls = try scene.calls
        #expect(calls.count == 2 && calls[0].id != calls[1].id && scene.harness.gateway.calls.total == before)
        let params = try #require(calls[1].message.params)
        #expect(
            params["inputResponses"]?.bytes.text
                == #"{"b":{"role":"assistant","content":{"n":1.0}},"a":{"action":"accept","content":{}}}"#)
        #expect(params["requestState"]?.bytes.text == #""\u0073\/1""#)
        #expect(params["arguments"]?.bytes.text == #"{"a":1.0}"#)
        #expect(params["_meta"]?["io.modelcontextprotocol/clientInfo"]?["name"]?.string == "c")
        try scene.finish()
        #expect(scene.reply.answers == [#"{"jsonrpc":"2.0","id":"c","result":{"content":[]}}"#])
        #expect(scene.isClean && scene.reply.cameTooLate.isEmpty)
        #expect(try scene.link.unreadable.isEmpty && scene.link.responses.isEmpty)
    }

    @Test("A further round carries only its own answers and its own state, and none where there is none")
    func rounds() throws {
        let scene = try Scene()
        try scene.ask(#"{"a":\#(Self.elicitation)}"#, state: #""one""#)
        try scene.respond(scene.questions[0], #""result":{"action":"accept"}"#)
        try scene.ask(#"{"b":\#(Self.sampling)}"#, state: nil)
        try scene.respond(scene.questions[1], #""result":{"role":"assistant","content":{}}"#)
        let params = try #require(try scene.calls.last?.message.params)
        #expect(params["inputResponses"]?.bytes.text == #"{"b":{"role":"assistant","content":{}}}"#)
        #expect(params["requestState"] == nil)
        try scene.finish()
        #expect(scene.reply.answers.count == 1 && scene.isClean)
    }

    @Test("A name that is repeated is one question, and so is the same name in the next round")
    func repeatedName() throws {
        let scene = try Scene()
        try scene.ask(#"{"a":\#(Self.elicitation),"\u0061":\#(Self.elicitation)}"#)
        #expect(try scene.questions.count == 1)
        try scene.respond(scene.questions[0], #""result":{"action":"accept"}"#)
        try scene.ask(#"{"a":\#(Self.elicitation)}"#)
        #expect(try scene.questions.count == 2 && scene.calls.count == 2)
        try scene.respond(scene.questions[1], #""result":{"action":"decline"}"#)
        let responses = try scene.calls.map { $0.message.params?["inputResponses"]?.bytes.text }
        #expect(responses == [nil, #"{"a":{"action":"accept"}}"#, #"{"a":{"action":"decline"}}"#])
        try scene.finish()
        #expect(scene.reply.answers.count == 1 && scene.isClean)
    }

    @Test("A state without questions is sent back at once")
    func stateAlone() throws {
        let scene = try Scene()
        try scene.ask("{}")
        let params = try #require(try scene.calls.last?.message.params)
        #expect(try scene.calls.count == 2 && params["requestState"]?.string == "s" && params["inputResponses"] == nil)
    }

    @Test("A server that asks without end is stopped after the allowed rounds")
    func roundLimit() throws {
        let scene = try Scene()
        for _ in 0..<17 { try scene.ask("{}") }
        #expect(try scene.calls.count == 17)
        #expect(scene.reply.answers.count == 1 && scene.reply.answers[0].contains("-31006") && scene.isClean)
    }

    @Test(
        "A result that asks for nothing, or for what it must not, fails the call",
        arguments: [
            #"{"resultType":"input_required"}"#, #"{"resultType":"input_required","inputRequests":1}"#,
            #"{"resultType":"input_required","inputRequests":{"a":{"method":"tools/call"}}}"#,
            #"{"resultType":"input_required","inputRequests":{"a":1}}"#,
            #"{"resultType":"input_required","inputRequests":{"a":{"method":"roots/list","params":1}}}"#,
            #"{"resultType":"later"}"#, #"{"resultType":1}"#,
        ])
    func invalid(result: String) throws {
        let scene = try Scene()
        try scene.harness.serverAnswers(try #require(scene.calls.last?.id), result: result)
        #expect(scene.reply.answers.count == 1 && scene.reply.answers[0].contains("-31006"))
        #expect(try scene.questions.isEmpty && scene.isClean && scene.calls.count == 1)
    }

    @Test("A request that must not be answered with questions fails when it is")
    func notAllowed() throws {
        let scene = try Scene(call: #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
        try scene.harness.serverAnswers(
            try #require(scene.link.lastRequestID(.toolsList)),
            result: #"{"resultType":"input_required","inputRequests":{"a":\#(Self.elicitation)}}"#)
        #expect(try scene.questions.isEmpty && scene.reply.answers.first?.contains("-31006") == true)
    }

    @Test("A client's error for an elicitation is a cancellation to the server")
    func elicitationFails() throws {
        let scene = try Scene()
        try scene.ask(#"{"a":\#(Self.elicitation)}"#)
        try scene.respond(scene.questions[0], #""error":{"code":-32603,"message":"no"}"#)
        #expect(
            try scene.calls.last?.message.params?["inputResponses"]?.bytes.text == #"{"a":{"action":"cancel"}}"#)
    }

    @Test("A client's error for anything else fails the call", arguments: ["sampling/createMessage", "roots/list"])
    func othersFail(method: String) throws {
        let scene = try Scene()
        try scene.ask(#"{"a":{"method":"\#(method)","params":{}}}"#)
        try scene.respond(scene.questions[0], #""error":{"code":-32603,"message":"no wish"}"#)
        #expect(scene.reply.answers.count == 1 && scene.reply.answers[0].contains("-31007"))
        #expect(scene.reply.answers[0].contains("no wish") && scene.isClean)
        #expect(try scene.calls.count == 1)
    }

    @Test("A client that does not answer in time counts as one that cancelled, or fails the call")
    func silence() throws {
        let scene = try Scene()
        try scene.ask(#"{"a":\#(Self.elicitation)}"#)
        scene.harness.advance(by: .seconds(301))
        #expect(try scene.calls.count == 2)
        try scene.ask(#"{"a":\#(Self.sampling)}"#)
        scene.harness.advance(by: .seconds(301))
        #expect(scene.reply.answers.count == 1 && scene.isClean)
    }

    @Test("What the client has not declared is not put to it, nor anything else of that result")
    func undeclared() throws {
        let scene = try Scene(capabilities: #"{"roots":{}}"#)
        try scene.ask(
            #"{"a":{"method":"roots/list"},"b":\#(Self.elicitation),"c":{"method":"roots/list"}}"#)
        #expect(scene.reply.answers.count == 1 && scene.reply.answers[0].contains("-31006"))
        #expect(try scene.questions.isEmpty, "a call that fails must not bother anybody")
        #expect(scene.client.outlet.messages.isEmpty && scene.isClean)
    }

    @Test("A URL is put only to a client that has declared to open such, and gets an identifier")
    func urlMode() throws {
        let url = #"{"method":"elicitation/create","params":{"mode":"url","url":"https://a.example","message":"m"}}"#
        let scene = try Scene(capabilities: #"{"elicitation":{"url":{}}}"#)
        try scene.ask(#"{"a":\#(url)}"#)
        let params = try #require(try scene.questions.first?.params)
        #expect(params["elicitationId"]?.string?.isEmpty == false && params["url"]?.string == "https://a.example")
        try scene.respond(scene.questions[0], #""result":{"action":"accept"}"#)
        #expect(try scene.calls.count == 2)
        let other = try Scene(capabilities: #"{"elicitation":{}}"#)
        try other.ask(#"{"a":\#(url)}"#)
        #expect(try other.questions.isEmpty && other.reply.answers.first?.contains("-31006") == true)
    }

    @Test("A call that is cancelled while its client is asked is over: later answers reach nobody")
    func cancelled() throws {
        let scene = try Scene()
        try scene.ask(#"{"a":\#(Self.elicitation)}"#)
        let question = try #require(try scene.questions.first)
        try scene.client.notify(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"c"}}"#)
        #expect(scene.reply.abandonments == 1 && scene.isClean)
        #expect(scene.client.outlet.messages.contains { $0.contains("notifications/cancelled") })
        try scene.respond(question, #""result":{"action":"accept"}"#)
        #expect(try scene.calls.count == 1 && scene.link.notifications(.cancelled).isEmpty)
    }

    @Test("A call that is cancelled while it is asked again is cancelled at the server")
    func cancelledInSecondRound() throws {
        let scene = try Scene()
        try scene.ask("{}")
        let id = try #require(try scene.calls.last?.id)
        try scene.client.notify(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"c"}}"#)
        #expect(try scene.link.notifications(.cancelled).first?.text.contains("\"requestId\":\(id)") == true)
        try scene.ask(#"{"a":\#(Self.elicitation)}"#)
        #expect(try scene.questions.isEmpty && scene.reply.endings == 1)
    }

    @Test("A server that ends while the client is asked: the answers go to the new one")
    func serverLost() throws {
        let scene = try Scene()
        try scene.ask(#"{"a":\#(Self.elicitation)}"#)
        scene.harness.upstreams.perform { scene.harness.script.links.last?.breakDown() }
        scene.harness.advance(by: .seconds(2))
        scene.harness.serverIsThere(capabilities: #"{"tools":{}}"#)
        try scene.respond(scene.questions[0], #""result":{"action":"accept"}"#)
        #expect(try scene.calls.count == 1, "the state is all that a stateless server needs")
        try scene.finish()
        #expect(scene.reply.answers.count == 1 && scene.isClean)
    }

    @Test("The exchange is freed when it is over, also when it ends in the middle of a round")
    func freed() throws {
        // An exchange keeps its session, so that one which is left over shows there.
        func weakSession(_ go: (Scene) throws -> Void) throws -> () -> AnyObject? {
            let scene = try Scene()
            try go(scene)
            scene.client.close()
            scene.harness.server.close()
            scene.harness.settle()
            return { [weak session = scene.client.session] in session }
        }
        let finished = try weakSession { scene in
            try scene.ask("{}")
            try scene.finish()
        }
        let closed = try weakSession { try $0.ask(#"{"a":\#(Self.elicitation),"b":\#(Self.sampling)}"#) }
        let failed = try weakSession { try $0.ask(#"{"a":1}"#) }
        #expect(finished() == nil && closed() == nil && failed() == nil)
    }
}
