import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

/// A call during which a server with a session asks its client, who has none.
@Suite struct SuspendedCallTests {
    private static let sampling =
        #"{"jsonrpc":"2.0","id":7,"method":"sampling/createMessage","params":{"messages":[],"maxTokens":1}}"#
    private static let roots = #"{"jsonrpc":"2.0","id":"\u0071","method":"roots/list"}"#
    private static let accepted = #"{"action":"accept","content":{"name":1.0}}"#

    private func progress(_ id: Int64, _ value: Int) -> String {
        #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":\#(id),"progress":\#(value)}}"#
    }

    @Test("What the server asks becomes the answer, and the client's next request carries the call on")
    func resumed() throws {
        let harness = GatewayHarness()
        let (asked, first, id) = try harness.suspendedCall(Ask(id: #""one""#, meta: #""progressToken":"p""#))
        #expect(first.answers.count == 1 && first.codes == [nil])
        #expect(try Message(first.answers[0]).id == RequestID.token(Array(#""one""#.utf8)))
        let key = try asked.key("elicitation/create")
        #expect(asked.requests[key]?["params"]?.bytes.text == #"{"message":"name?","requestedSchema":{}}"#)
        #expect(harness.gateway.calls.total == 0, "nobody is waiting")

        let ask = Ask(id: #""one""#, meta: #""progressToken":"r""#)
        let second = try harness.ask(
            ask.again("2", state: asked.state, responses: #"{"\#(key)":\#(Self.accepted),"extra":1}"#))
        let link = try harness.script.link
        #expect(link.responses.map(\.text) == [#"{"jsonrpc":"2.0","id":"q","result":\#(Self.accepted)}"#])
        #expect(link.requests(.toolsCall).count == 1, "the call was never sent twice")
        #expect(harness.gateway.calls.total == 1 && second.answers.isEmpty)
        try harness.serverSays(progress(id, 1))
        #expect(second.messages.first?.contains(#""progressToken":"r""#) == true)
        try harness.serverAnswers(id, result: #"{"content":[]}"#)
        #expect(second.answers.count == 1 && second.answers[0].hasPrefix(#"{"jsonrpc":"2.0","id":2,"result":"#))
        #expect(harness.gateway.calls.total == 0 && harness.gateway.suspended.all.isEmpty)
        #expect(first.cameTooLate.isEmpty && second.cameTooLate.isEmpty)
    }

    @Test("A call goes on when its server was published anew meanwhile, and not at another server")
    func publishedAnew() throws {
        let harness = GatewayHarness()
        let (asked, _, _) = try harness.suspendedCall()
        let again = Ask().again(
            "2", state: asked.state, responses: #"{"\#(try asked.key("elicitation/create"))":\#(Self.accepted)}"#)
        func offer(_ name: String) -> Offer {
            Offer(name: name, Member(harness.server), logger: .silent)
        }
        let elsewhere = try harness.ask(again, at: offer("other"))
        #expect(elsewhere.answers.count == 1 && elsewhere.answers[0].contains("requestState is not known"))
        let second = try harness.ask(again, at: offer(harness.offer.name))
        #expect(second.answers.isEmpty)
        #expect(try harness.script.link.responses.count == 1)
    }

    @Test("Questions that come together are asked together, each answered under its own identifier")
    func several() throws {
        let harness = GatewayHarness()
        let (reply, _) = try harness.askWithID()
        for question in [GatewayHarness.elicitation, Self.sampling, Self.roots] { try harness.serverSays(question) }
        #expect(reply.answers.isEmpty, "a moment is waited for more")
        harness.advance(by: .milliseconds(10))
        let asked = try Asked(reply.answers.last)
        #expect(asked.requests.count == 3)
        let rootsKey = try asked.key("roots/list")
        #expect(asked.requests[rootsKey]?["params"] == nil)
        let responses =
            try #"{"\#(rootsKey)":{"roots":[]},"\#(asked.key("elicitation/create"))":{"action":"decline"},"#
            + #""\#(asked.key("sampling/createMessage"))":{"role":"assistant","content":{}}}"#
        _ = try harness.ask(Ask().again("2", state: asked.state, responses: responses))
        let answers = Set(try harness.script.link.responses.map(\.text))
        #expect(
            answers == [
                #"{"jsonrpc":"2.0","id":"q","result":{"action":"decline"}}"#,
                #"{"jsonrpc":"2.0","id":7,"result":{"role":"assistant","content":{}}}"#,
                #"{"jsonrpc":"2.0","id":"\u0071","result":{"roots":[]}}"#,
            ])
    }

    @Test(
        "A thousand answers may come with a request; with more of them it is refused, and the call waits on",
        arguments: [1_000, 1_001, 200_000])
    func manyAnswers(count: Int) throws {
        let harness = GatewayHarness()
        let (asked, _, id) = try harness.suspendedCall()
        let others = (1..<count).map { #""zz\#($0)":{}"# }.joined(separator: ",")
        let again = Ask().again("2", state: asked.state, responses: #"{"q":\#(Self.accepted),\#(others)}"#)
        let reply = try harness.ask(again)
        if count > 1_000 {
            #expect(reply.codes == [.invalidParams])
            #expect(reply.answers.last?.contains("params.inputResponses has \(count) members") == true)
            #expect(try harness.script.link.responses.isEmpty)
            _ = try harness.ask(Ask().again("3", state: asked.state, responses: #"{"q":\#(Self.accepted)}"#))
        }
        #expect(try harness.script.link.responses.count == 1)
        try harness.serverAnswers(id)
    }

    @Test("What is missing is asked again, under a new state, and the old one is worth nothing")
    func missing() throws {
        let harness = GatewayHarness()
        let (reply, id) = try harness.askWithID()
        for question in [GatewayHarness.elicitation, Self.roots] { try harness.serverSays(question) }
        harness.advance(by: .milliseconds(10))
        let asked = try Asked(reply.answers.last)
        let second = try harness.ask(
            Ask().again("2", state: asked.state, responses: #"{"\#(asked.key("roots/list"))":{"roots":[]}}"#))
        let askedAgain = try Asked(second.answers.last)
        #expect(askedAgain.state != asked.state && askedAgain.requests.count == 1)
        #expect(try harness.script.link.responses.count == 1)
        let nothing = try harness.ask(Ask().again("3", state: askedAgain.state))
        let thrice = try Asked(nothing.answers.last)
        #expect(thrice.requests.count == 1)
        #expect(try harness.ask(Ask().again("4", state: asked.state)).codes == [.invalidParams])
        let last = try harness.ask(
            Ask().again(
                "5", state: thrice.state, responses: #"{"\#(thrice.key("elicitation/create"))":{"action":"cancel"}}"#))
        try harness.serverAnswers(id)
        #expect(last.codes == [nil] && last.answers.count == 1)
        #expect(harness.gateway.calls.total == 0 && harness.gateway.suspended.all.isEmpty)
    }

    @Test(
        "An answer of the wrong shape is refused and the call goes on waiting",
        arguments: [
            #"{"%":1}"#, #"{"%":{}}"#, #"{"%":{"action":"maybe"}}"#, #"{"%":null}"#, "[]", "1", #"{"%":{"action":1}}"#,
        ])
    func wrongShape(responses: String) throws {
        let harness = GatewayHarness()
        let (asked, _, _) = try harness.suspendedCall()
        let key = try asked.key("elicitation/create")
        let wrong = try harness.ask(
            Ask().again("2", state: asked.state, responses: responses.replacing("%", with: key)))
        #expect(wrong.codes == [.invalidParams] && harness.gateway.calls.total == 0)
        #expect(try harness.script.link.responses.isEmpty)
        let right = try harness.ask(
            Ask().again("3", state: asked.state, responses: #"{"\#(key)":{"action":"cancel"}}"#))
        #expect(right.answers.isEmpty)
        #expect(try harness.script.link.responses.count == 1)
    }

    @Test("A state works once")
    func replay() throws {
        let harness = GatewayHarness()
        let (asked, _, _) = try harness.suspendedCall()
        let again = Ask().again(
            "2", state: asked.state, responses: #"{"\#(try asked.key("elicitation/create"))":{"action":"cancel"}}"#)
        let first = try harness.ask(again)
        let second = try harness.ask(again)
        #expect(first.answers.isEmpty && second.codes == [.invalidParams])
        #expect(try harness.script.link.responses.count == 1)
    }

    @Test("A state is refused to another principal, method, tool or argument, and still works for the right request")
    func binding() throws {
        let harness = GatewayHarness()
        let ask = Ask(params: #""name":"t","arguments":{"a":1, "b":[1,2]}"#)
        let (asked, _, _) = try harness.suspendedCall(ask)
        var others: [Ask] = []
        for params in [
            #""name":"u","arguments":{"a":1,"b":[1,2]}"#, #""name":"t","arguments":{"a":2,"b":[1,2]}"#, #""name":"t""#,
            #""name":"t","arguments":{"a":1,"b":[1,2]},"x":1"#, #""name":"t","arguments":{"a":"1","b":[1,2]}"#,
        ] {
            others.append(Ask(params: params))
        }
        others.append(Ask(method: "prompts/get", params: ask.params))
        others.append(Ask(params: ask.params, principal: Principal(name: "mallory")))
        for other in others {
            let reply = try harness.ask(other.again("2", state: asked.state))
            #expect(reply.codes == [.invalidParams], "\(other.params)")
        }
        #expect(try harness.ask(ask.again("2", state: asked.state + "x")).codes == [.invalidParams])
        let same = Ask(params: #""arguments":{"a":1,"b":[1,2]},"name":"t""#)
        let key = try asked.key("elicitation/create")
        let reply = try harness.ask(
            same.again("3", state: asked.state, responses: #"{"\#(key)":{"action":"cancel"}}"#))
        #expect(reply.answers.isEmpty, "white space and order make no difference")
        #expect(try harness.script.link.responses.count == 1)
    }

    @Test("A client that does not come back in time: the server is answered, the call cancelled, all given back")
    func expiry() throws {
        let harness = GatewayHarness { $0.interactionTimeout = .seconds(5) }
        let (asked, reply, id) = try harness.suspendedCall()
        harness.advance(by: .seconds(6))
        let link = try harness.script.link
        #expect(link.responses.map(\.message.id) == [.token(Array(#""q""#.utf8))])
        #expect(link.notifications(.cancelled).first?.text.contains("\"requestId\":\(id)") == true)
        #expect(try harness.ask(Ask().again("2", state: asked.state)).codes == [.invalidParams])
        #expect(harness.gateway.calls.total == 0 && harness.gateway.suspended.all.isEmpty && reply.endings == 1)
    }

    @Test("A server that said for which call it asks is told that the user has cancelled")
    func expiryOfNamedCall() throws {
        let harness = GatewayHarness { $0.interactionTimeout = .seconds(5) }
        let (_, id) = try harness.askWithID()
        try harness.serverSays(GatewayHarness.elicitation, relatedTo: id)
        harness.advance(by: .seconds(6))
        #expect(
            try harness.script.link.responses.map(\.text) == [
                #"{"jsonrpc":"2.0","id":"q","result":{"action":"cancel"}}"#
            ])
    }

    @Test("A question that only another method could answer is refused with an error when nobody comes back")
    func expiryOfSampling() throws {
        let harness = GatewayHarness { $0.interactionTimeout = .seconds(5) }
        _ = try harness.suspendedCall(asking: Self.sampling)
        harness.advance(by: .seconds(6))
        let answer = try #require(try harness.script.link.responses.first)
        #expect(answer.message.kind == .error && answer.message.id == .integer(7))
    }

    @Test("A server that asks without end is stopped after the allowed rounds")
    func roundLimit() throws {
        let harness = GatewayHarness()
        var (asked, reply, id) = try harness.suspendedCall()
        for round in 2...17 {
            let key = try asked.key("elicitation/create")
            reply = try harness.ask(
                Ask().again("\(round)", state: asked.state, responses: #"{"\#(key)":{"action":"accept"}}"#))
            try harness.serverAsks(GatewayHarness.elicitation.replacing(#""q""#, with: "\(round)"))
            if round <= 16 { asked = try Asked(reply.answers.last) }
        }
        #expect(reply.codes == [.invalidAnswer])
        #expect(try harness.script.link.notifications(.cancelled).first?.text.contains("\(id)") == true)
        #expect(
            try harness.script.link.responses.count == 17,
            "the last question is answered too: a server may wait for it for ever")
        #expect(harness.gateway.calls.total == 0 && harness.gateway.suspended.all.isEmpty)
    }

    @Test("An answer that comes while nobody is there waits for the client, with what came before it, in order")
    func answeredMeanwhile() throws {
        let harness = GatewayHarness()
        let (asked, _, id) = try harness.suspendedCall(Ask(meta: #""progressToken":1"#))
        for value in 1...3 { try harness.serverSays(progress(id, value)) }
        try harness.serverAnswers(id, result: #"{"content":[1]}"#)
        let reply = try harness.ask(Ask(meta: #""progressToken":5"#).again("2", state: asked.state))
        let values = try reply.messages.map { try Message($0).params?["progress"]?.integer }
        #expect(values == [1, 2, 3])
        #expect(reply.messages.allSatisfy { $0.contains(#""progressToken":5"#) })
        #expect(reply.answers.count == 1 && reply.answers[0].contains(#""content":[1]"#))
        #expect(harness.gateway.calls.total == 0 && harness.gateway.suspended.all.isEmpty)
    }

    @Test("A server that dies meanwhile is an error for the client when it comes back")
    func diedMeanwhile() throws {
        let harness = GatewayHarness()
        let (asked, _, _) = try harness.suspendedCall()
        harness.upstreams.perform { harness.script.links.last?.breakDown() }
        harness.settle()
        let reply = try harness.ask(Ask().again("2", state: asked.state))
        #expect(reply.answers.count == 1 && reply.answers[0].contains("-31002"))
        #expect(harness.gateway.calls.total == 0 && harness.gateway.suspended.all.isEmpty)
    }

    @Test("A question that the server takes back is asked no more")
    func withdrawn() throws {
        let harness = GatewayHarness()
        let (reply, id) = try harness.askWithID()
        try harness.serverSays(GatewayHarness.elicitation)
        try harness.serverSays(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"q"}}"#)
        harness.advance(by: .milliseconds(10))
        #expect(reply.answers.isEmpty, "there is nothing to ask any more")
        try harness.serverAnswers(id)
        #expect(reply.answers.count == 1 && reply.codes == [nil])
    }

    @Test("Answering a question that was taken back while the client was away goes on without it")
    func withdrawnMeanwhile() throws {
        let harness = GatewayHarness()
        let (asked, _, id) = try harness.suspendedCall()
        try harness.serverSays(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"q"}}"#)
        let key = try asked.key("elicitation/create")
        let reply = try harness.ask(
            Ask().again("2", state: asked.state, responses: #"{"\#(key)":{"action":"accept"}}"#))
        #expect(try harness.script.link.responses.isEmpty)
        try harness.serverAnswers(id)
        #expect(reply.answers.count == 1)
    }

    @Test("A further question that comes while the client is away is asked when it comes back")
    func askedMeanwhile() throws {
        let harness = GatewayHarness()
        let (asked, _, _) = try harness.suspendedCall()
        try harness.serverAsks(Self.roots)
        let key = try asked.key("elicitation/create")
        let reply = try harness.ask(
            Ask().again("2", state: asked.state, responses: #"{"\#(key)":{"action":"accept"}}"#))
        harness.advance(by: .milliseconds(10))
        let more = try Asked(reply.answers.last)
        #expect(Array(more.requests.keys) == [try more.key("roots/list")])
    }

    @Test("A client that leaves after it came back cancels the call")
    func leavesAfterResumption() throws {
        let harness = GatewayHarness()
        let (asked, _, id) = try harness.suspendedCall()
        let key = try asked.key("elicitation/create")
        let reply = try harness.ask(
            Ask().again("2", state: asked.state, responses: #"{"\#(key)":{"action":"accept"}}"#))
        harness.leave(reply)
        #expect(try harness.script.link.notifications(.cancelled).first?.text.contains("\(id)") == true)
        #expect(harness.gateway.calls.total == 0 && reply.endings == 0)
    }

    @Test("A client that has left when its next request is read cancels the call, and the server is answered")
    func leftWhenResuming() throws {
        let harness = GatewayHarness()
        let (asked, _, _) = try harness.suspendedCall()
        let key = try asked.key("elicitation/create")
        let reply = ModernReplyRecorder()
        reply.leave()
        _ = try harness.ask(
            Ask().again("2", state: asked.state, responses: #"{"\#(key)":{"action":"accept"}}"#), reply)
        let link = try harness.script.link
        #expect(link.responses.count == 1 && link.notifications(.cancelled).count == 1)
        #expect(harness.gateway.calls.total == 0 && harness.gateway.suspended.all.isEmpty && reply.endings == 0)
    }

    @Test("A client that declared nothing is not asked: the server is refused")
    func undeclared() throws {
        let harness = GatewayHarness()
        let (reply, id) = try harness.askWithID(Ask(capabilities: #"{"roots":{}}"#))
        try harness.serverAsks(GatewayHarness.elicitation)
        #expect(reply.answers.isEmpty)
        #expect(try harness.script.link.responses.first?.message.kind == .error)
        try harness.serverAnswers(id)
        #expect(reply.answers.count == 1)
    }

    @Test("When the proxy ends, suspended calls are cancelled at the server and forgotten")
    func shutDown() throws {
        let harness = GatewayHarness()
        let (asked, reply, id) = try harness.suspendedCall()
        harness.gateway.closeAllSessions(reason: "shutting down")
        harness.settle()
        let link = try harness.script.link
        #expect(link.notifications(.cancelled).first?.text.contains("\(id)") == true && link.responses.count == 1)
        #expect(harness.gateway.suspended.all.isEmpty && reply.endings == 1)
        #expect(try harness.ask(Ask().again("2", state: asked.state)).codes == [.invalidParams])
    }

    @Test("A call that was suspended, whatever becomes of it, is freed in the end")
    func freed() throws {
        let harness = GatewayHarness { $0.interactionTimeout = .seconds(5) }
        func weakCall(_ go: (Asked, Int64) throws -> Void) throws -> () -> AnyObject? {
            let (asked, _, id) = try harness.suspendedCall()
            let call = try #require(harness.gateway.suspended.all.first)
            try go(asked, id)
            return { [weak call] in call }
        }
        let expired = try weakCall { _, _ in harness.advance(by: .seconds(6)) }
        let answered = try weakCall { asked, id in
            let key = try asked.key("elicitation/create")
            _ = try harness.ask(
                Ask().again("2", state: asked.state, responses: #"{"\#(key)":{"action":"accept"}}"#))
            try harness.serverAnswers(id)
        }
        let cancelled = try weakCall { asked, _ in
            let key = try asked.key("elicitation/create")
            let reply = try harness.ask(
                Ask().again("2", state: asked.state, responses: #"{"\#(key)":{"action":"accept"}}"#))
            harness.leave(reply)
        }
        harness.advance(by: .seconds(1))
        #expect(expired() == nil && answered() == nil && cancelled() == nil)
    }
}
