import NIOCore
import NIOHTTP1
import Testing

@testable import MCPUpstream

@Suite struct HTTPConnectionPoolLimitTests {
    @Test("Requests beyond the maximum of connections wait for one")
    func waits() async throws {
        let held = AwaitedLog<ScriptedConnection>()
        let server = try await ScriptedServer { _, connection in held.add(connection) }
        var settings = HTTPLinkSettings()
        settings.maximumConnections = 1
        let harness = try await ExchangeHarness(server.url(), settings: settings)
        let first = try await harness.send(.GET, "/1")
        let second = try await harness.send(.GET, "/2")
        try await held.next().send(HTTPAnswers.empty())
        #expect(try await first.log.first { $0 == .end } == .end)
        try await held.next().send(HTTPAnswers.empty())
        #expect(try await second.log.first { $0 == .end } == .end)
        let requests = [try await server.nextRequest(), try await server.nextRequest()]
        #expect(requests.map(\.target) == ["/1", "/2"])
        #expect(requests.map(\.connection) == [1, 1])
    }

    @Test("A waiting request takes the place of a connection that was closed")
    func takesPlace() async throws {
        let server = try await ScriptedServer { request, connection in
            if request.target == "/2" { connection.send(HTTPAnswers.empty()) }
        }
        var settings = HTTPLinkSettings()
        settings.maximumConnections = 1
        let harness = try await ExchangeHarness(server.url(), settings: settings)
        let first = try await harness.send(.GET, "/1")
        let second = try await harness.send(.GET, "/2")
        #expect(try await server.nextRequest().target == "/1")
        try await first.onLoop { $0.cancel() }
        #expect(try await second.log.first { $0 == .end } == .end)
    }

    @Test("More waiting requests than allowed are refused, with the certainty that nothing was sent")
    func refusesWaiting() async throws {
        let server = try await ScriptedServer { _, _ in }
        var settings = HTTPLinkSettings()
        settings.maximumConnections = 1
        settings.maximumWaiting = 1
        let harness = try await ExchangeHarness(server.url(), settings: settings)
        _ = try await harness.send()
        _ = try await server.nextRequest()
        _ = try await harness.send()
        let failure = try await harness.send().failure()
        #expect(failure.code == .overloaded)
        #expect(failure.nothingSent)
    }

    @Test("A request does not wait for a connection for ever, and a cancelled one not at all")
    func waitTimeout() async throws {
        let server = try await ScriptedServer { _, _ in }
        var settings = HTTPLinkSettings()
        settings.maximumConnections = 1
        settings.waitTimeout = .milliseconds(20)
        let harness = try await ExchangeHarness(server.url(), settings: settings)
        _ = try await harness.send()
        let cancelled = try await harness.run { pool in
            let exchange = SentExchange(pool, .GET, "/", nil)
            exchange.exchange.value.cancel()
            return exchange
        }
        let waiting = try await harness.send()
        let failure = try await waiting.failure()
        #expect(failure.code == .overloaded)
        #expect(failure.nothingSent)
        #expect(cancelled.log.rest.isEmpty)
    }

    @Test(
        "An answer with more header than allowed is refused",
        arguments: [
            "X-Long: " + String(repeating: "x", count: 17_000) + "\r\n",
            (1...101).map { "X-\($0): y\r\n" }.joined(),
            (1...6).map { "X-\($0): " + String(repeating: "x", count: 15_000) + "\r\n" }.joined(),
        ])
    func headerLimits(fields: String) async throws {
        let server = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.empty(headers: fields)) }
        let failure = try await ExchangeHarness(server.url()).send().failure()
        #expect(failure.code == .unreadable)
        #expect(try await server.nextClosed() == 1)
    }

    @Test("An answer with just as much header as allowed is accepted")
    func headerAtLimit() async throws {
        // Content-Length is one more field.
        let fields = (1...99).map { "X-\($0): y\r\n" }.joined()
        let server = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.empty(headers: fields)) }
        let exchange = try await ExchangeHarness(server.url()).send()
        #expect(try await exchange.log.next() == .head(202))
    }

    @Test("Something that is not HTTP is refused", arguments: ["SSH-2.0-OpenSSH\r\n", "HTTP/2.0 200 OK\r\n\r\n"])
    func notHTTP(answer: String) async throws {
        let server = try await ScriptedServer { _, connection in connection.send(answer) }
        let failure = try await ExchangeHarness(server.url()).send().failure()
        #expect(failure.code == .unexpectedHTTPAnswer)
        #expect(try await server.nextClosed() == 1)
    }

    @Test("A receiver that pauses holds the server up, and gets all 64 MiB once it goes on")
    func backPressure() async throws {
        let total = 64 << 20
        let server = try await ScriptedServer { _, connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let piece = ByteBuffer(repeating: 0x20, count: 1 << 20)
            for _ in 1...64 { connection.send(piece) }
        }
        let harness = try await ExchangeHarness(server.url())
        let exchange = try await harness.run { SentExchange($0, .GET, "/", nil, pausingAtBody: true) }
        _ = try await server.log.first { if case .stalled = $0 { true } else { false } }
        #expect(try await exchange.log.next() == .head(200))
        guard case .body(var count) = try await exchange.log.next() else { return #expect(Bool(false)) }
        #expect(count < total)
        try await exchange.onLoop { $0.resumeReading() }
        while case .body(let more) = try await exchange.log.next() { count += more }
        #expect(count == total)
    }

    @Test("The end of the pool fails what is under way and what comes after")
    func shutDown() async throws {
        let server = try await ScriptedServer { _, _ in }
        let harness = try await ExchangeHarness(server.url())
        let exchange = try await harness.send()
        _ = try await server.nextRequest()
        try await harness.run { $0.shutDown() }
        #expect(try await exchange.failure().code == .closed)
        #expect(try await server.nextClosed() == 1)
        #expect(
            try await harness.send().failure()
                == UpstreamFailure(
                    .closed, "the proxy is shutting down", nothingSent: true))
    }
}
