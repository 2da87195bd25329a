import NIOCore
import NIOHTTP1
import Testing

@testable import MCPUpstream

/// Requests with an authority that are given up, wherever they are.
@Suite(.timeLimit(.minutes(2))) struct AbandonedExchangeTests {
    private static let credential = ScriptedAuthority.credential(1)

    private func send(to server: ScriptedServer, by authority: ScriptedAuthority) async throws -> SentExchange {
        try await ExchangeHarness(server.url()).send(.POST, "/mcp", body: "message", by: authority)
    }

    /// Whether the exchange has ended and stays so after all that its loop had been told before.
    private func isOver(_ exchange: SentExchange) async throws -> Bool {
        try await exchange.exchange.eventLoop.submit { exchange.exchange.value.isFinished }.get()
    }

    @Test("While it waits for what it is to show: no connection is made, and the answer comes to nothing")
    func authorizing() async throws {
        let server = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.json("{}")) }
        let authority = ScriptedAuthority()
        let exchange = try await send(to: server, by: authority)
        let wait = try await authority.waits.next()
        try await exchange.onLoop { $0.cancel() }
        wait.answer(.send(Self.credential))
        #expect(try await isOver(exchange))
        #expect(try await server.connectionsSoFar() == 0)
        #expect(exchange.log.rest.isEmpty)
    }

    @Test("Before a failure that was said at once is heard")
    func failing() async throws {
        let server = try await ScriptedServer { _, _ in }
        let authority = ScriptedAuthority(.fail(UpstreamFailure(.notReachable, "no token")))
        let harness = try await ExchangeHarness(server.url())
        let sent = try await harness.run { pool in
            let sent = SentExchange(pool, .POST, "/mcp", "message", by: authority)
            sent.exchange.value.cancel()
            return sent
        }
        #expect(try await isOver(sent))
        #expect(sent.log.rest.isEmpty)
    }

    @Test("While the server thinks: the connection is closed")
    func running() async throws {
        let server = try await ScriptedServer { _, _ in }
        let exchange = try await send(to: server, by: ScriptedAuthority(.send(Self.credential)))
        _ = try await server.nextRequest()
        try await exchange.onLoop { $0.cancel() }
        #expect(try await server.nextClosed() == 1)
        #expect(exchange.log.rest.isEmpty)
    }

    @Test("In the middle of a refusal: the connection is closed, and nobody judges it")
    func refused() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send("HTTP/1.1 401 X\r\nContent-Length: 9\r\n\r\nhalf")
        }
        let authority = ScriptedAuthority(.send(Self.credential))
        let exchange = try await send(to: server, by: authority)
        let isRefused: @Sendable (HTTPExchange) -> Bool = { if case .refused = $0.state { true } else { false } }
        while true {
            let found = try await exchange.exchange.eventLoop.submit { isRefused(exchange.exchange.value) }.get()
            if found { break }
        }
        try await exchange.onLoop { $0.cancel() }
        #expect(try await server.nextClosed() == 1)
        #expect(exchange.log.rest.isEmpty && authority.questions.rest.isEmpty)
    }

    @Test("While its refusal is judged: the verdict comes to nothing", arguments: 0..<3)
    func judged(number: Int) async throws {
        let verdict = [RequestVerdict.again, .stands, .fail(.loginNeeded("log in"))][number]
        let server = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.empty("401 X")) }
        let authority = ScriptedAuthority(.send(Self.credential))
        let exchange = try await send(to: server, by: authority)
        let question = try await authority.questions.next()
        try await exchange.onLoop { $0.cancel() }
        question.answer(verdict)
        #expect(try await isOver(exchange))
        #expect(exchange.log.rest.isEmpty && authority.count == 1)
    }

    @Test("While it waits to be sent once more")
    func waitingAgain() async throws {
        let server = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.empty("401 X")) }
        let authority = ScriptedAuthority(.send(Self.credential))
        let exchange = try await send(to: server, by: authority)
        let question = try await authority.questions.next()
        authority.say(nil)
        question.answer(.again)
        let wait = try await authority.waits.next()
        try await exchange.onLoop { $0.cancel() }
        wait.answer(.send(Self.credential))
        #expect(try await isOver(exchange))
        #expect(exchange.log.rest.isEmpty && authority.questions.rest.isEmpty)
    }

    @Test("By its receiver, which hears the head of a refusal and no more", arguments: [true, false])
    func quits(atHead: Bool) async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.text("who?", type: "text/plain", status: "401 X"))
        }
        let authority = ScriptedAuthority(.send(Self.credential), verdict: .stands)
        let log = AwaitedLog<ExchangeEvent>()
        let harness = try await ExchangeHarness(server.url())
        let sent = try await harness.run { pool in
            let request = HTTPUpstreamRequest(
                method: .GET, target: "/", fields: RequestFields(origin: pool.origin), body: nil,
                followsRedirects: false)
            return NIOLoopBound(
                pool.send(request, Quitter(log: log, atHead: atHead), by: authority), eventLoop: pool.eventLoop)
        }
        #expect(try await log.next() == .head(401))
        if !atHead { #expect(try await log.next() == .body(4)) }
        #expect(try await harness.run { _ in sent.value.isFinished })
        #expect(log.rest.isEmpty)
    }

    /// Goes away at the head of an answer, or at its body.
    private final class Quitter: HTTPResponseReceiver {
        private let log: AwaitedLog<ExchangeEvent>
        private let atHead: Bool

        init(log: AwaitedLog<ExchangeEvent>, atHead: Bool) {
            self.log = log
            self.atHead = atHead
        }

        func receive(head: HTTPResponseHead, of exchange: HTTPExchange) {
            log.add(.head(Int(head.status.code)))
            if atHead { exchange.cancel() }
        }

        func receive(body: ByteBuffer, of exchange: HTTPExchange) {
            log.add(.body(body.readableBytes))
            exchange.cancel()
        }

        func receiveEnd(of exchange: HTTPExchange) { log.add(.end) }
        func receive(failure: UpstreamFailure, of exchange: HTTPExchange) { log.add(.failed(failure)) }
    }
}
