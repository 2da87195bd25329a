import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// One connection in use: identifiers, answers, progress, questions, time and junk.
@Suite(.timeLimit(.minutes(1))) struct ConversationTests {
    private func ready(_ configure: (inout UpstreamLimits) -> Void = { _ in }) throws -> UpstreamHarness {
        let harness = UpstreamHarness(configure)
        try harness.becomeReady()
        return harness
    }

    // MARK: Identifiers

    @Test("A request is sent under an identifier of ours, which is also its progress token; nothing else changes")
    func identifiers() throws {
        let harness = try ready()
        let text =
            #"{ "x":1e400,"jsonrpc":"2.0","id":"same","method":"tools/call","params":{"name":"a\u0062","#
            + #""_meta":{"progressToken":"mine","k":1.0}}}"#
        let (_, first) = try harness.call(text)
        let (_, second) = try harness.call(text)
        #expect(first != second)
        let sent = try harness.link.requests(.toolsCall)
        #expect(
            sent.map(\.text)
                == [first, second].map {
                    text.replacing("\"same\"", with: "\($0)").replacing("\"mine\"", with: "\($0)")
                })
        #expect(sent.map(\.kind) == [.request(id: first), .request(id: second)])
    }

    @Test("Line breaks of a request never reach the server")
    func lineBreaks() throws {
        let harness = try ready()
        _ = try harness.call("{\n\"jsonrpc\":\"2.0\",\r\n\"id\":1,\"method\":\"tools/call\"\n}")
        #expect(try harness.link.unreadable.isEmpty)
        #expect(try harness.link.callIDs.count == 1)
    }

    @Test("Each answer reaches its own call, in any order")
    func answers() throws {
        let harness = try ready()
        let calls = try (0..<20).map { _ in try harness.call() }
        for (_, id) in calls.reversed() { try harness.onLink { $0.answer(id, result: #"{"for":\#(id)}"#) } }
        for (recorder, id) in calls {
            #expect(recorder.answers.map { $0.view($0.envelope.result)?["for"]?.integer } == [id])
            #expect(recorder.endings == 1)
        }
        #expect(harness.upstream.callsInFlight == 0)
    }

    @Test("An answer that nobody waits for is dropped", arguments: [0, 999, -1, 1])
    func orphans(id: Int64) throws {
        let harness = try ready()
        let (call, _) = try harness.call()
        try harness.onLink { $0.answer(id) }
        #expect(call.endings == 0)
        #expect(harness.recorder.losses.isEmpty)
    }

    @Test("A second answer to the same call is dropped")
    func secondAnswer() throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        try harness.onLink { link in
            link.answer(id)
            link.answer(id)
        }
        #expect(call.endings == 1)
    }

    @Test("An answer whose identifier is not exactly ours is dropped", arguments: ["\"ID\"", "ID.0", "IDe0", "null"])
    func inexactID(spelling: String) throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        let written = spelling.replacing("ID", with: "\(id)")
        try harness.onLink { $0.receive(#"{"jsonrpc":"2.0","id":\#(written),"error":{"code":1,"message":"m"}}"#) }
        #expect(call.endings == 0)
    }

    @Test("An error of the server is an answer, not a failure")
    func errorAnswer() throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        try harness.onLink {
            $0.receive(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-1,"message":"m","data":[1]}}"#)
        }
        #expect(call.answers.first?.kind == .error)
        #expect(call.failures.isEmpty)
    }

    @Test("A batch of answers reaches each call")
    func batch() throws {
        let harness = try ready()
        let (first, one) = try harness.call()
        let (second, two) = try harness.call()
        try harness.onLink {
            $0.receive(#"[{"jsonrpc":"2.0","id":\#(two),"result":2}, {"jsonrpc":"2.0","id":\#(one),"result":1}]"#)
        }
        #expect(first.answers.count == 1 && second.answers.count == 1)
    }

    // MARK: Cancellation

    @Test("A cancelled call tells the server, hears nothing more, and frees what the link holds")
    func cancel() throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        harness.cancel(id, reason: "the \"reason\"")
        let cancellation = try #require(try harness.link.notifications(.cancelled).first).message
        #expect(cancellation.view(cancellation.envelope.requestID)?.integer == id)
        #expect(cancellation.params?["reason"]?.string == "the \"reason\"")
        #expect(try harness.link.abandoned == [id])
        try harness.onLink { $0.answer(id) }
        harness.cancel(id)
        #expect(call.endings == 0)
        #expect(try harness.link.notifications(.cancelled).count == 1, "only once")
        #expect(harness.upstream.callsInFlight == 0)
    }

    // MARK: Progress and time

    @Test("Progress reaches the call whose token it carries, and no other")
    func progress() throws {
        let harness = try ready()
        let (first, one) = try harness.call()
        let (second, _) = try harness.call()
        try harness.onLink { link in
            link.receive(Self.progress("\(one)"))
            link.receive(Self.progress("\"\(one)\""))
            link.receive(Self.progress("999"))
        }
        #expect(first.progress.count == 1)
        #expect(second.progress.isEmpty)
        #expect(harness.recorder.notifications.isEmpty)
    }

    private static func progress(_ token: String) -> String {
        #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":\#(token),"progress":1}}"#
    }

    @Test("A call without a sign of life is given up when its time is over, and the server is told")
    func timeout() throws {
        let harness = try ready { $0.callTimeout = .seconds(10) }
        let (call, id) = try harness.call()
        harness.eventLoop.advance(by: .seconds(9))
        #expect(call.endings == 0)
        harness.eventLoop.advance(by: .seconds(2))
        #expect(call.failures.map(\.code) == [.timedOut])
        #expect(call.failures.first?.nothingSent == false)
        #expect(try harness.link.notifications(.cancelled).count == 1)
        try harness.onLink { $0.answer(id) }
        #expect(call.endings == 1, "a late answer is dropped")
        #expect(harness.isReady, "the connection lives on")
    }

    @Test("Progress keeps a call alive, up to the longest time of all")
    func progressExtends() throws {
        let harness = try ready {
            $0.callTimeout = .seconds(10)
            $0.maximumCallTime = .seconds(60)
        }
        let (call, id) = try harness.call()
        for _ in 0..<7 {
            harness.eventLoop.advance(by: .seconds(8))
            #expect(call.endings == 0)
            try harness.onLink { $0.receive(Self.progress("\(id)")) }
        }
        harness.eventLoop.advance(by: .seconds(6))
        #expect(call.failures.map(\.code) == [.timedOut])
    }

    @Test("While the server waits for an answer of the client, the call's time does not run")
    func questionsExtend() throws {
        let harness = try ready { $0.callTimeout = .seconds(10) }
        let (call, id) = try harness.call()
        try harness.onLink {
            $0.receive(#"{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{}}"#, relatedTo: id)
        }
        let question = try #require(harness.recorder.questions.first)
        #expect(question.exchange === call)
        harness.eventLoop.advance(by: .seconds(100))
        #expect(call.endings == 0)
        harness.eventLoop.perform {
            harness.upstream.answer(question.request, OwnMessages.emptyResult(id: question.request.id))
        }
        #expect(try harness.link.responses.map(\.text) == [#"{"jsonrpc":"2.0","id":"q","result":{}}"#])
        harness.eventLoop.advance(by: .seconds(9))
        #expect(call.endings == 0)
        harness.eventLoop.advance(by: .seconds(2))
        #expect(call.failures.map(\.code) == [.timedOut])
    }

    @Test("A server that asks on and on is refused beyond a bound, and may ask again when it has an answer")
    func manyQuestions() throws {
        let harness = try ready { $0.maximumServerRequestsInFlight = 3 }
        for id in 0..<5 { try harness.onLink { $0.receive(Self.question(id)) } }
        #expect(harness.recorder.questions.count == 3)
        let refused = try harness.link.responses
        #expect(refused.compactMap(\.message.id) == [.integer(3), .integer(4)])
        #expect(refused.allSatisfy { $0.text.contains("too many requests wait for an answer") })
        let first = try #require(harness.recorder.questions.first).request
        harness.eventLoop.perform { harness.upstream.answer(first, OwnMessages.emptyResult(id: first.id)) }
        try harness.onLink { $0.receive(Self.question(5)) }
        #expect(harness.recorder.questions.count == 4)
        _ = try harness.call()
        _ = try harness.call()
        for id in 6..<12 { try harness.onLink { $0.receive(Self.question(id)) } }
        #expect(harness.recorder.questions.count == 7, "three open ones for each of two calls, and one answered")
    }

    private static func question(_ id: Int) -> String { #"{"jsonrpc":"2.0","id":\#(id),"method":"roots/list"}"# }

    @Test("Of calls that time out together each fails exactly once, even if the first one's end closes everything")
    func reentrantTimeout() throws {
        let harness = try ready { $0.callTimeout = .seconds(10) }
        let calls = try (0..<5).map { _ in try harness.call() }
        for (recorder, _) in calls {
            recorder.ended = { harness.upstream.close() }
        }
        harness.eventLoop.advance(by: .seconds(11))
        #expect(calls.map(\.0.endings) == [1, 1, 1, 1, 1])
    }

    @Test("A call that is cancelled because another one failed hears nothing of its own end")
    func reentrantCancel() throws {
        let harness = try ready { $0.callTimeout = .seconds(10) }
        let calls = try (0..<2).map { _ in try harness.call() }
        calls[0].0.ended = { harness.upstream.cancel(calls[1].1, reason: "together") }
        calls[1].0.ended = { harness.upstream.cancel(calls[0].1, reason: "together") }
        harness.eventLoop.advance(by: .seconds(11))
        #expect(calls.reduce(0) { $0 + $1.0.endings } == 1)
    }

    // MARK: What the server says unasked

    @Test("A ping is answered here, under the server's own identifier", arguments: ["1", "\"p\\u0061\"", "1.0"])
    func ping(id: String) throws {
        let harness = try ready()
        try harness.onLink { $0.receive(#"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#) }
        #expect(try harness.link.responses.map(\.text) == [#"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#])
        #expect(harness.recorder.questions.isEmpty)
    }

    @Test("Questions and notifications name the call on whose stream they came")
    func related() throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        try harness.onLink { link in
            link.receive(#"{"jsonrpc":"2.0","id":1,"method":"roots/list"}"#, relatedTo: id)
            link.receive(#"{"jsonrpc":"2.0","id":2,"method":"roots/list"}"#)
            link.receive(#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
            link.receive(#"{"jsonrpc":"2.0","method":"vendor/notice"}"#, relatedTo: id)
        }
        #expect(harness.recorder.questions.map { $0.exchange === call } == [true, false])
        #expect(harness.recorder.notifications.map { $0.exchange === call } == [false, true])
    }

    @Test("A message with repeated members passes from a server, one with two identifiers does not")
    func duplicates() throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        try harness.onLink { link in
            link.receive(#"{"jsonrpc":"2.0","id":\#(id),"id":\#(id),"result":{}}"#)
        }
        #expect(call.endings == 0)
        try harness.onLink { $0.answer(id, result: #"{"a":1,"a":2}"#) }
        #expect(call.answers.count == 1)
    }

    // MARK: Junk

    @Test("A hundred lines that are no messages are borne, one more ends the connection")
    func junk() throws {
        let harness = try ready()
        let (call, _) = try harness.call()
        harness.eventLoop.advance(by: .seconds(10))
        let link = try harness.link
        for line in 0..<100 { try harness.onLink { $0.receive("banner \(line)") } }
        #expect(harness.isReady)
        try harness.onLink { $0.receive("one more") }
        #expect(harness.recorder.losses.map(\.code) == [.unreadable])
        #expect(call.failures.map(\.code) == [.unreadable])
        #expect(link.isClosed)
    }

    @Test("Lines that are no messages are forgotten after ten seconds")
    func junkWindow() throws {
        let harness = try ready()
        for _ in 0..<5 {
            for _ in 0..<90 { try harness.onLink { $0.receive("banner") } }
            harness.eventLoop.advance(by: .seconds(11))
        }
        #expect(harness.isReady)
    }

    @Test(
        "Nothing that a server can say before the handshake's answer confuses the handshake",
        arguments: [
            "Starting server...", "{}", "[]", "[1]", "null", "", " ", #"{"jsonrpc":"2.0","id":999,"result":{}}"#,
            #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"x"}}"#,
        ])
    func bannersBeforeHandshake(line: String) throws {
        let harness = UpstreamHarness()
        try harness.onLink { link in
            link.openNow()
            link.receive(line)
        }
        try harness.onLink { link in
            let id = link.lastRequestID(.initialize) ?? 0
            link.answer(id, result: #"{"protocolVersion":"2025-11-25","capabilities":{}}"#)
        }
        #expect(harness.isReady)
    }

    @Test("Junk in the answer to one HTTP request fails that call alone")
    func relatedJunk() throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        let (other, _) = try harness.call()
        try harness.onLink { $0.receive("<html>", relatedTo: id) }
        #expect(call.failures.map(\.code) == [.unreadable])
        #expect(other.endings == 0)
        #expect(harness.isReady)
    }

    @Test("An answer nested deeper than allowed cannot be read, one at the limit can")
    func depth() throws {
        let harness = try ready { $0.maximumDepth = 50 }
        let (call, id) = try harness.call()
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        try harness.onLink { $0.answer(id, result: nested(50)) }
        #expect(call.failures.map(\.code) == [.unreadable])
        let (other, otherID) = try harness.call()
        try harness.onLink { $0.answer(otherID, result: nested(49)) }
        #expect(other.answers.count == 1)
    }

    @Test("One request that the link refuses fails alone")
    func linkFailed() throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        let (other, _) = try harness.call()
        let failure = UpstreamFailure(.unexpectedHTTPAnswer, "HTTP 500")
        try harness.onLink { link in
            link.fail(id, failure)
            link.fail(id, failure)
        }
        #expect(call.failures == [failure])
        #expect(other.endings == 0)
        #expect(harness.isReady)
    }
}
