import MCPCore
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

/// What a client asks and gets back, through its session and connection to a scripted server.
@Suite(.timeLimit(.minutes(1))) struct ClientSessionTests {
    // MARK: Opening

    @Test("The answer to initialize is the server's own, with the client's identifier and revision")
    func opening() throws {
        let harness = GatewayHarness()
        let outcome = try harness.beginOpening(version: "2025-03-26", id: "\"a\\u0062\"")
        #expect(outcome.opening == nil, "it waits for the server")
        let link = try harness.script.link
        harness.upstreams.perform { link.completeHandshake(capabilities: #"{"x":1.0}"#) }
        harness.settle()
        let answer = try #require(try outcome.answer)
        #expect(answer.bytes.text.hasPrefix(#"{"jsonrpc":"2.0","id":"a\u0062","result":"#))
        let result = try #require(answer.view(answer.envelope.result))
        #expect(result["protocolVersion"]?.string == "2025-03-26")
        #expect(result["capabilities"]?.bytes.text == #"{"x":1.0}"#)
        #expect(result["serverInfo"]?["name"]?.string == "scripted")
    }

    @Test("The server hears the client's own words, on one line")
    func handshakeWords() throws {
        let harness = GatewayHarness()
        let text =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\",\n"
            + "\"capabilities\":{\n\"roots\":{}},\r\n\"clientInfo\":{\"name\":\"é\",\n\"version\":\"1\",\"x\":1e400}}}"
        let initialize = try Message(text)
        harness.clients.perform {
            harness.gateway.open(initialize, offer: harness.offer, principal: .anonymous, on: harness.clients) { _ in }
        }
        harness.settle()
        let link = try harness.script.link
        harness.upstreams.perform { link.openNow() }
        #expect(link.unreadable.isEmpty)
        let sent = try #require(link.requests(.initialize).first).message
        #expect(sent.params?["clientInfo"]?["x"]?.bytes.text == "1e400")
        #expect(sent.params?["capabilities"]?["roots"]?.isObject == true)
    }

    @Test("A revision that nobody knows is answered with our latest")
    func unknownRevision() throws {
        let harness = GatewayHarness()
        let client = try harness.open(version: "1999-01-01")
        #expect(client.session.version == .november2025)
    }

    @Test("A session is refused when the server cannot be started, and nothing of it stays behind")
    func unavailable() throws {
        let harness = GatewayHarness()
        let outcome = try harness.beginOpening(id: "7")
        let link = try harness.script.link
        harness.upstreams.perform { link.breakDown(UpstreamFailure(.commandNotRunnable, "/secret/path")) }
        harness.settle()
        let answer = try #require(try outcome.answer)
        #expect(answer.kind == .error && answer.id == .integer(7))
        #expect(!answer.bytes.text.contains("secret"))
        #expect(harness.gateway.sessions.count == 0)
    }

    @Test("A draining proxy opens no sessions")
    func draining() throws {
        let harness = GatewayHarness()
        harness.gateway.beginDraining()
        #expect(try harness.beginOpening().answer?.kind == .error)
        #expect(harness.script.links.isEmpty)
    }

    @Test("An initialize without a protocolVersion is refused", arguments: ["{}", #"{"protocolVersion":5}"#])
    func noVersion(params: String) throws {
        let harness = GatewayHarness()
        let outcome = GatewayHarness.Outcome()
        let initialize = try Message(#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":\#(params)}"#)
        harness.clients.perform {
            harness.gateway.open(initialize, offer: harness.offer, principal: .anonymous, on: harness.clients) {
                outcome.opening = $0
            }
        }
        #expect(try outcome.answer?.kind == .error)
    }

    // MARK: Calls

    @Test("An answer comes back under the client's identifier, everything else as the server wrote it")
    func answers() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        for id in ["1", "\"1\"", "1.0", "12345678901234567890", "\"a\\u0062\""] {
            let (reply, upstreamID) = try client.callWithID(
                #"{"jsonrpc":"2.0","id":\#(id),"method":"vendor/x","params":{"n":1e400}}"#)
            try harness.serverSays(#"{ "result":{"x":1.0,"é":"\u0061"} ,"id":\#(upstreamID),"jsonrpc":"2.0"}"#)
            #expect(reply.answers == [#"{ "result":{"x":1.0,"é":"\u0061"} ,"id":\#(id),"jsonrpc":"2.0"}"#])
        }
        #expect(client.session.callsInFlight == 0)
        #expect(harness.gateway.calls.total == 0)
    }

    @Test("An error of the server passes with its code, words and data")
    func errorAnswer() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        let (reply, id) = try client.callWithID()
        let error = #""error":{"code":-32042,"message":"é","data":{"u":[1.0]},"extra":true}"#
        try harness.serverSays(#"{"jsonrpc":"2.0","id":\#(id),\#(error)}"#)
        #expect(reply.answers == [#"{"jsonrpc":"2.0","id":1,\#(error)}"#])
    }

    @Test("When the server is lost every call is answered once with an error that names it")
    func lost() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        let replies = try (0..<5).map { try client.call(#"{"jsonrpc":"2.0","id":\#($0),"method":"tools/call"}"#) }
        let link = try client.link
        harness.upstreams.perform { link.breakDown() }
        harness.settle()
        for (id, reply) in replies.enumerated() {
            #expect(reply.endings == 1)
            let answer = try Message(try #require(reply.answers.first))
            #expect(answer.id == .integer(Int64(id)))
            #expect(answer.view(answer.envelope.error)?["code"]?.integer == -31002)
            #expect(reply.answers[0].contains(#"server \"server\""#))
        }
        #expect(harness.gateway.calls.total == 0)
    }

    @Test("A second initialize in a session is refused")
    func initializeAgain() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        let reply = try client.call(#"{"jsonrpc":"2.0","id":9,"method":"initialize","params":{}}"#)
        #expect(reply.answers.first?.contains(#""id":9,"error""#) == true)
        #expect(try client.link.requests(.initialize).count == 1)
    }

    @Test("A tool that is filtered out can neither be seen nor called, however its name is written")
    func filtered() throws {
        let harness = GatewayHarness(filter: ToolFilter(mode: .block, names: ["delete"]))
        let client = try harness.open()
        for name in ["delete", #"d\u0065lete"#] {
            let reply = try client.call(
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\#(name)"}}"#)
            let answer = try Message(try #require(reply.answers.first))
            #expect(answer.view(answer.envelope.error)?["code"]?.integer == -32602)
        }
        #expect(try client.link.requests(.toolsCall).isEmpty)
        let (list, id) = try client.callWithID(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
        try harness.serverAnswers(id, result: #"{"tools":[{"name":"delete"},{"name":"keep"}]}"#)
        #expect(list.answers == [#"{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"keep"}]}}"#])
    }

    @Test(
        "With an allow list a call whose name cannot be read does not pass either",
        arguments: [
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":["delete"]}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":null}}"#,
        ])
    func filteredNameless(text: String) throws {
        let harness = GatewayHarness(filter: ToolFilter(mode: .allow, names: ["keep"]))
        let client = try harness.open()
        let reply = try client.call(text)
        #expect(reply.answers.count == 1)
        #expect(try client.link.requests(.toolsCall).isEmpty)
    }

    @Test("As many calls as allowed are under way, and one more is refused at once")
    func callLimit() throws {
        let harness = GatewayHarness { $0.maximumCallsPerPrincipal = 2 }
        let client = try harness.open()
        let (first, id) = try client.callWithID()
        _ = try client.call()
        let refused = try client.call()
        #expect(refused.answers.count == 1)
        try harness.serverAnswers(id)
        #expect(first.answers.count == 1)
        #expect(try client.call().endings == 0)
    }

    // MARK: Progress

    @Test("Two sessions with the same progress token and the same identifier each get only their own")
    func progressTokens() throws {
        let harness = GatewayHarness()
        let first = try harness.open()
        let second = try harness.open()
        #expect(try first.link === second.link)
        let text = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"progressToken":"tok"}}}"#
        let (one, oneID) = try first.callWithID(text)
        let (two, twoID) = try second.callWithID(text)
        for (id, percent) in [(oneID, 10), (twoID, 20)] {
            try harness.serverSays(
                #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":\#(id),"progress":\#(percent)}}"#
            )
        }
        try harness.serverAnswers(twoID, result: #"{"for":2}"#)
        try harness.serverAnswers(oneID, result: #"{"for":1}"#)
        func progress(_ percent: Int) -> String {
            #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"tok","progress":\#(percent)}}"#
        }
        #expect(one.messages == [progress(10)] && two.messages == [progress(20)])
        #expect(one.answers == [#"{"jsonrpc":"2.0","id":1,"result":{"for":1}}"#])
        #expect(two.answers == [#"{"jsonrpc":"2.0","id":1,"result":{"for":2}}"#])
        #expect(first.outlet.messages.isEmpty && second.outlet.messages.isEmpty)
    }

    @Test("Progress that the reply cannot carry goes to the session's outlet")
    func progressWithoutStream() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        let reply = try client.call(
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":{"progressToken":7}}}"#,
            carriesMessages: false)
        let id = try #require(try client.link.callIDs.last)
        try harness.serverSays(
            #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":\#(id)}}"#)
        #expect(reply.messages.isEmpty)
        #expect(client.outlet.messages.count == 1)
        #expect(client.outlet.messages[0].contains(#""progressToken":7"#))
    }

    // MARK: Cancellation

    @Test("A call that its client cancels is cancelled at the server under the server's identifier, and gets no answer")
    func cancel() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        let (reply, id) = try client.callWithID(#"{"jsonrpc":"2.0","id":"x","method":"tools/call"}"#)
        let (other, otherID) = try client.callWithID(#"{"jsonrpc":"2.0","id":"y","method":"tools/call"}"#)
        try client.notify(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x","reason":"changed my mind"}}"#
        )
        let cancelled = try #require(try client.link.notifications(.cancelled).first).message
        #expect(cancelled.view(cancelled.envelope.requestID)?.integer == id)
        #expect(cancelled.params?["reason"]?.string == "changed my mind")
        #expect(try client.link.notifications(.cancelled).count == 1)
        #expect(reply.abandonments == 1 && reply.answers.isEmpty)
        try harness.serverAnswers(id)
        try harness.serverAnswers(otherID)
        #expect(reply.endings == 1)
        #expect(other.answers.count == 1)
        #expect(harness.gateway.calls.total == 0)
    }

    @Test(
        "A cancellation of something that is not under way is dropped",
        arguments: [#"{"requestId":"1"}"#, #"{"requestId":1.0}"#, #"{"requestId":2}"#, "{}", #"{"requestId":null}"#])
    func cancelUnknown(params: String) throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        let (reply, _) = try client.callWithID(#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#)
        try client.notify(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":\#(params)}"#)
        #expect(reply.endings == 0)
        #expect(try client.link.notifications(.cancelled).isEmpty)
    }

    @Test("A client cannot cancel another session's call")
    func cancelForeign() throws {
        let harness = GatewayHarness()
        let alice = try harness.open()
        let mallory = try harness.open()
        let (reply, id) = try alice.callWithID()
        for requested in ["1", "\(id)"] {
            try mallory.notify(
                #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(requested)}}"#)
        }
        #expect(try alice.link.notifications(.cancelled).isEmpty)
        try harness.serverAnswers(id)
        #expect(reply.answers.count == 1)
    }

    @Test("When answer and cancellation cross, the call ends once and the count of calls stays right")
    func cancelCrossesAnswer() throws {
        let harness = GatewayHarness(company: .perhapsStrangers)
        let client = try harness.open()
        let other = try harness.open()
        let (first, firstID) = try client.callWithID(#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#)
        let (second, secondID) = try client.callWithID(#"{"jsonrpc":"2.0","id":2,"method":"tools/call"}"#)
        let (third, thirdID) = try other.callWithID(#"{"jsonrpc":"2.0","id":3,"method":"tools/call"}"#)
        let link = try client.link
        // The server answers; before the client's event loop hears of it, the client cancels.
        harness.upstreams.perform { link.answer(firstID) }
        let cancellation = try Message(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        harness.clients.within { client.session.receive(notification: cancellation) }
        harness.settle()
        #expect(first.endings == 1)
        // Two sessions have one call each now: a question cannot belong to one of them for sure.
        try harness.serverSays(#"{"jsonrpc":"2.0","id":"q","method":"roots/list"}"#)
        #expect(second.messages.isEmpty && third.messages.isEmpty, "nobody is asked by guessing")
        try harness.serverAnswers(thirdID)
        try harness.serverSays(#"{"jsonrpc":"2.0","id":"r","method":"roots/list"}"#)
        #expect(second.messages.count == 1, "now only one session can be meant")
        try harness.serverAnswers(secondID)
        #expect(harness.gateway.calls.total == 0)
    }

    // MARK: Notifications

    @Test("Notifications of the client pass on one line, initialized does not")
    func notifications() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        try client.notify(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
        try client.notify("{\"jsonrpc\":\"2.0\",\n\"method\":\"notifications/roots/list_changed\"}")
        #expect(try client.link.notifications(.initialized).count == 1, "our own")
        #expect(try client.link.notifications(.rootsListChanged).count == 1)
        #expect(try client.link.unreadable.isEmpty)
    }
}
