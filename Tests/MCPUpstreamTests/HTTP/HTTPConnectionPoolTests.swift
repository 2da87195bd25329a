import Addresses
import NIOCore
import NIOHTTP1
import Testing

@testable import MCPUpstream

@Suite struct HTTPConnectionPoolTests {
    @Test("An answer is reported as head, body and end, and the connection is used again")
    func reusesConnection() async throws {
        let server = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.json("{}")) }
        let harness = try await ExchangeHarness(server.url())
        for _ in 1...3 {
            let exchange = try await harness.send(.POST, "/x?y", body: "abc")
            #expect(try await exchange.log.next() == .head(200))
            #expect(try await exchange.log.next() == .body(2))
            #expect(try await exchange.log.next() == .end)
            let request = try await server.nextRequest()
            #expect(request.connection == 1)
            #expect(request.target == "/x?y")
            #expect(request.body == "abc")
            #expect(request.header("host") == "127.0.0.1:\(server.port)")
        }
    }

    @Test("A small request goes out in one write")
    func oneWrite() async throws {
        let server = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.empty()) }
        let harness = try await ExchangeHarness(server.url())
        _ = try await harness.send(.POST, body: #"{"jsonrpc":"2.0"}"#)
        #expect(try await server.nextRequest().reads == 1)
    }

    @Test("Concurrent requests get connections of their own; the one that was free last is used first")
    func lastInFirstOut() async throws {
        let waiting = AwaitedLog<ScriptedConnection>()
        let server = try await ScriptedServer { request, connection in
            if request.target == "/held" { waiting.add(connection) } else { connection.send(HTTPAnswers.empty()) }
        }
        let harness = try await ExchangeHarness(server.url())
        let first = try await harness.send(.GET, "/held")
        let second = try await harness.send(.GET, "/held")
        let one = try await waiting.next()
        let two = try await waiting.next()
        #expect(one.number != two.number)
        let byNumber = [try await server.nextRequest(), try await server.nextRequest()].map(\.connection)
        #expect(Set(byNumber) == [1, 2])
        // The exchange that ran on the connection answered first is not known, so both are awaited in turn.
        one.send(HTTPAnswers.empty())
        let answered = try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                _ = try await first.log.first { $0 == .end }; return 1
            }
            group.addTask {
                _ = try await second.log.first { $0 == .end }; return 2
            }
            let answered = try await group.next()
            two.send(HTTPAnswers.empty())
            _ = try await group.next()
            return answered
        }
        #expect(answered != nil)
        try await harness.complete("/last")
        #expect(try await server.nextRequest().connection == two.number)
    }

    @Test("A refused connection fails with the certainty that nothing was sent")
    func refused() async throws {
        let port = try await ScriptedServer.freePort()
        let harness = try await ExchangeHarness(HTTPURL("http://127.0.0.1:\(port)/secret?token=secret"))
        let failure = try await harness.send(.GET, "/secret?token=secret").failure()
        #expect(failure.code == .notReachable)
        #expect(failure.nothingSent)
        #expect(failure.detail.contains("http://127.0.0.1:\(port)"))
        #expect(failure.detail.contains("refused"))
        #expect(!failure.detail.contains("secret"))
    }

    @Test("A name that cannot be resolved fails with the certainty that nothing was sent")
    func unresolvable() async throws {
        let harness = try await ExchangeHarness(HTTPURL("http://no-such-host.invalid/"))
        let failure = try await harness.send().failure()
        #expect(failure.code == .notReachable)
        #expect(failure.nothingSent)
    }

    @Test("A server found closed before anything was written is asked again over a new connection")
    func retriesOnClosedConnection() async throws {
        let server = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.empty()) }
        let harness = try await ExchangeHarness(server.url())
        let first = try await harness.send()
        let connection = try await harness.run { _ -> NIOLoopBound<PooledConnection>? in
            guard case .running(let connection) = first.exchange.value.state else { return nil }
            return NIOLoopBound(connection, eventLoop: harness.eventLoop)
        }
        _ = try await first.log.first { $0 == .end }
        let second = try await harness.run { pool in
            #expect(pool.idleCount == 1)
            // The channel is closed, but nobody has been told yet.
            connection?.value.close()
            return SentExchange(pool, .GET, "/", nil)
        }
        #expect(try await second.log.next() == .head(202))
        #expect(try await second.log.next() == .end)
    }

    @Test("An idle connection that the server closes leaves the pool")
    func serverClosesIdle() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.empty())
            connection.close()
        }
        let harness = try await ExchangeHarness(server.url())
        let log = try await harness.notePoolEmpty()
        try await harness.complete()
        #expect(try await log.next() == .poolEmpty)
        #expect(try await harness.run { !$0.isTimed }, "a timer would keep each empty pool for a minute")
        try await harness.complete()
        #expect(try await server.nextRequest().connection == 1)
        #expect(try await server.nextRequest().connection == 2)
    }

    @Test("A connection that is closed after the request was written fails it without that certainty")
    func lostAfterWrite() async throws {
        let server = try await ScriptedServer { request, connection in
            if request.target == "/drop" { connection.close() } else { connection.send(HTTPAnswers.empty()) }
        }
        let harness = try await ExchangeHarness(server.url())
        try await harness.complete()
        let failure = try await harness.send(.GET, "/drop").failure()
        #expect(failure.code == .connectionLost)
        #expect(!failure.nothingSent)
        #expect(try await server.nextRequest().connection == 1)
        #expect(try await server.nextRequest().connection == 1)
    }

    @Test("A server that closes each connection after its answer, without saying so, loses one request and no more")
    func closesWithoutSaying() async throws {
        let server = try await ScriptedServer { request, connection in
            // The next request on the same connection is read and never answered.
            if request.target == "/lost" { return connection.close() }
            connection.send(HTTPAnswers.empty("200 OK"))
        }
        let harness = try await ExchangeHarness(server.url())
        try await harness.complete("/first")
        let failure = try await harness.send(.GET, "/lost").failure()
        #expect(failure.code == .connectionLost && !failure.nothingSent)
        try await harness.complete("/second")
        try await harness.complete("/third")
        var connections: [Int] = []
        for _ in 0..<4 { connections.append(try await server.nextRequest().connection) }
        #expect(connections == [1, 1, 2, 3])
    }

    @Test("A server that has answered twice on one connection may close another: its connections are used again")
    func closesOnce() async throws {
        let server = try await ScriptedServer { request, connection in
            if request.target == "/lost" { return connection.close() }
            connection.send(HTTPAnswers.empty("200 OK"))
        }
        let harness = try await ExchangeHarness(server.url())
        try await harness.complete()
        try await harness.complete()
        _ = try await harness.send(.GET, "/lost").failure()
        try await harness.complete()
        try await harness.complete()
        var connections: [Int] = []
        for _ in 0..<5 { connections.append(try await server.nextRequest().connection) }
        #expect(connections == [1, 1, 1, 2, 2])
    }

    @Test("A body that breaks off fails the exchange")
    func bodyBreaksOff() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
            connection.close()
        }
        let exchange = try await ExchangeHarness(server.url()).send()
        #expect(try await exchange.log.next() == .head(200))
        #expect(try await exchange.log.next() == .body(3))
        let failure = try await exchange.failure()
        #expect(failure.code == .connectionLost)
        #expect(!failure.nothingSent)
        #expect(exchange.log.rest.isEmpty)
    }

    @Test(
        "A body that ends with the connection is complete, and the connection not used again",
        arguments: ["HTTP/1.1 200 OK\r\n\r\nabc", "HTTP/1.0 200 OK\r\n\r\nabc"])
    func bodyEndsWithConnection(answer: String) async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(answer)
            connection.close()
        }
        let exchange = try await ExchangeHarness(server.url()).send()
        #expect(try await exchange.log.first { $0 == .end } == .end)
    }

    @Test("A connection that the server means to close is not used again")
    func connectionClose() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.empty(headers: "Connection: close\r\n"))
        }
        let harness = try await ExchangeHarness(server.url())
        try await harness.complete()
        try await harness.complete()
        #expect(try await server.nextRequest().connection == 1)
        #expect(try await server.nextRequest().connection == 2)
    }

    @Test("An answer that nobody asked for costs the connection and is given to nobody")
    func unaskedAnswer() async throws {
        let server = try await ScriptedServer { request, connection in
            connection.send(HTTPAnswers.json("1") + (request.connection == 1 ? HTTPAnswers.json("22") : ""))
        }
        let harness = try await ExchangeHarness(server.url())
        let first = try await harness.send()
        #expect(try await first.log.first { $0 == .end } == .end)
        let second = try await harness.send()
        #expect(try await second.log.next() == .head(200))
        #expect(try await second.log.next() == .body(1))
        #expect(try await server.nextRequest().connection == 1)
        #expect(try await server.nextRequest().connection == 2)
    }

    @Test("Provisional answers are skipped")
    func provisional() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + HTTPAnswers.empty())
        }
        let exchange = try await ExchangeHarness(server.url()).send()
        #expect(try await exchange.log.next() == .head(202))
        #expect(try await exchange.log.next() == .end)
    }

    @Test("A cancelled exchange hears nothing more, and its connection is closed")
    func cancels() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
        }
        let harness = try await ExchangeHarness(server.url())
        let log = try await harness.notePoolEmpty()
        let exchange = try await harness.send()
        #expect(try await exchange.log.first { $0 == .body(3) } == .body(3))
        try await exchange.onLoop { $0.cancel() }
        #expect(try await server.nextClosed() == 1)
        #expect(try await log.next() == .poolEmpty)
        #expect(exchange.log.rest.isEmpty)
    }

    @Test("A connection without a request is closed after its time")
    func idleTimeout() async throws {
        let server = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.empty()) }
        var settings = HTTPLinkSettings()
        settings.idleTimeout = .milliseconds(20)
        let harness = try await ExchangeHarness(server.url(), settings: settings)
        try await harness.complete()
        #expect(try await server.nextClosed() == 1)
    }

    @Test("A server that does not begin to answer in time fails the exchange, where a time is set")
    func headTimeout() async throws {
        let server = try await ScriptedServer { _, _ in }
        var settings = HTTPLinkSettings()
        settings.responseHeadTimeout = .milliseconds(20)
        let failure = try await ExchangeHarness(server.url(), settings: settings).send().failure()
        #expect(failure.code == .timedOut)
        #expect(!failure.nothingSent)
        #expect(try await server.nextClosed() == 1)
    }
}
