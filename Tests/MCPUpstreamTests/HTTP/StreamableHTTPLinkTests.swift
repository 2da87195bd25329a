import Addresses
import MCPCore
import NIOCore
import Testing

@testable import MCPUpstream

@Suite struct StreamableHTTPLinkTests {
    @Test("A request is a POST with the fields of the protocol and of the configuration, and JSON answers it")
    func jsonAnswer() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.text(HTTPAnswers.result(1), type: "Application/JSON ; charset=utf-8"))
        }
        let headers = [
            (name: "Authorization", value: "Bearer abc"), (name: "X-Two", value: "a"), (name: "X-Two", value: "b"),
        ]
        let link = try await HTTPLinkHarness.streamable(server.url("/mcp?key=1"), headers: headers)
        try await link.send(SentMessages.initialize, as: .request(id: 1))
        #expect(try await link.next() == .received(HTTPAnswers.result(1), relatedTo: 1))
        let request = try await server.nextRequest()
        #expect(request.method == "POST")
        #expect(request.target == "/mcp?key=1")
        #expect(request.body == SentMessages.initialize)
        #expect(request.header("Accept") == "application/json, text/event-stream")
        #expect(request.header("Content-Type") == "application/json")
        #expect(request.header("Authorization") == "Bearer abc")
        #expect(request.headers.filter { $0.name == "X-Two" }.map(\.value) == ["a", "b"])
        #expect(request.header("Mcp-Session-Id") == nil)
        #expect(request.header("MCP-Protocol-Version") == nil)
    }

    @Test("A configured field cannot frame the message or stand for one of the protocol's")
    func reservedFields() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.json(HTTPAnswers.result(1)))
        }
        let headers = [
            (name: "content-length", value: "0"), (name: "Transfer-Encoding", value: "chunked"),
            (name: "Host", value: "evil"), (name: "Mcp-Session-Id", value: "evil"), (name: "X", value: "a\r\nB: c"),
            (name: "Y Z", value: "a"), (name: "user-agent", value: "mine"),
        ]
        let link = try await HTTPLinkHarness.streamable(server.url(), headers: headers)
        try await link.call(1)
        let request = try await server.nextRequest()
        #expect(request.header("Host") == "127.0.0.1:\(server.port)")
        #expect(request.header("Transfer-Encoding") == nil)
        #expect(request.header("Mcp-Session-Id") == nil)
        #expect(request.header("User-Agent") == "mine")
        #expect(request.headers.count == 6)
        #expect(request.body == SentMessages.call(1))
    }

    @Test("A batch is handed on whole")
    func batch() async throws {
        let batch = "[\(HTTPAnswers.result(1)),\(HTTPAnswers.result(2))]"
        let server = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.json(batch)) }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        #expect(try await link.next() == .received(batch, relatedTo: 1))
    }

    @Test("Session and revision are stated from the handshake on, and the session is ended")
    func session() async throws {
        let server = try await ScriptedServer { request, connection in
            if request.body.contains("initialize\"") {
                connection.send(HTTPAnswers.json(HTTPAnswers.result(1), headers: "mcp-session-id: s-1!~\r\n"))
            } else {
                connection.send(
                    HTTPAnswers.empty(request.method == "DELETE" ? "405 Method Not Allowed" : "202 Accepted"))
            }
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.send(SentMessages.initialize, as: .request(id: 1))
        _ = try await link.next()
        _ = try await server.nextRequest()
        // In this order or the other: both are one turn of the event loop.
        try await link.run {
            $0.send(ByteBuffer(string: SentMessages.initialized), as: .notification)
            $0.handshakeCompleted(.june2025)
        }
        let initialized = try await server.nextRequest()
        #expect(initialized.body == SentMessages.initialized)
        #expect(initialized.header("Mcp-Session-Id") == "s-1!~")
        #expect(initialized.header("MCP-Protocol-Version") == "2025-06-18")
        try await link.close()
        let end = try await server.nextRequest()
        #expect(end.method == "DELETE")
        #expect(end.header("Mcp-Session-Id") == "s-1!~")
        #expect(end.header("MCP-Protocol-Version") == "2025-06-18")
        #expect(try await link.next() == .closed(UpstreamFailure(.closed, "the connection was closed")))
        try await link.close()
        try await link.run { _ in }
        #expect(link.log.rest.isEmpty)
    }

    @Test("A session identifier that cannot be a header field is refused")
    func sessionIdentifier() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.json(HTTPAnswers.result(1), headers: "Mcp-Session-Id: a b\r\n"))
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.send(SentMessages.initialize, as: .request(id: 1))
        #expect(try await link.failure(of: 1).code == .handshakeRefused)
    }

    @Test("A server that does not answer the end of a session is not waited for")
    func sessionEndTimeout() async throws {
        let server = try await ScriptedServer { request, connection in
            if request.method == "POST" {
                connection.send(HTTPAnswers.json(HTTPAnswers.result(1), headers: "Mcp-Session-Id: s\r\n"))
            }
        }
        var settings = HTTPLinkSettings.forTests
        settings.sessionEndTimeout = .milliseconds(20)
        let link = try await HTTPLinkHarness.streamable(server.url(), settings: settings)
        try await link.call(1)
        _ = try await link.next()
        try await link.close()
        #expect(try await link.closure().code == .closed)
    }

    @Test("A forgotten session is reported for the request, and not ended once more")
    func lostSession() async throws {
        let server = try await ScriptedServer { request, connection in
            if request.header("Mcp-Session-Id") == nil {
                connection.send(HTTPAnswers.json(HTTPAnswers.result(1), headers: "Mcp-Session-Id: s\r\n"))
            } else {
                connection.send(HTTPAnswers.json(#"{"jsonrpc":"2.0","id":2,"error":{}}"#, status: "404 Not Found"))
            }
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        _ = try await link.next()
        try await link.call(2)
        #expect(try await link.next() == .lostSession(2))
        try await link.send(#"{"jsonrpc":"2.0","method":"notifications/x"}"#, as: .notification)
        #expect(try await link.next() == .lostSession(nil))
        try await link.close()
        #expect(try await link.closure().code == .closed)
        for _ in 1...3 { #expect(try await server.nextRequest().method == "POST") }
        #expect(server.log.rest.allSatisfy { if case .request = $0 { false } else { true } })
    }

    @Test("Without a session 404 is an ordinary refusal")
    func notFound() async throws {
        let server = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.empty("404 Not Found")) }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        #expect(
            try await link.failure(of: 1)
                == UpstreamFailure(.unexpectedHTTPAnswer, "it answered 404 Not Found", status: 404))
    }

    @Test("Requests wait for the answer to notifications/initialized; other messages do not")
    func ordering() async throws {
        let held = AwaitedLog<ScriptedConnection>()
        let server = try await ScriptedServer { request, connection in
            if request.body == SentMessages.initialized {
                held.add(connection)
            } else {
                connection.send(HTTPAnswers.empty())
            }
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.run {
            $0.send(ByteBuffer(string: SentMessages.initialized), as: .notification)
            for id in 2...4 { $0.send(ByteBuffer(string: SentMessages.call(Int64(id))), as: .request(id: Int64(id))) }
            $0.abandon(3)
        }
        let connection = try await held.next()
        try await link.send("{}", as: .response)
        let early = [try await server.nextRequest().body, try await server.nextRequest().body]
        #expect(early == [SentMessages.initialized, "{}"])
        connection.send(HTTPAnswers.empty())
        let late = Set([try await server.nextRequest().body, try await server.nextRequest().body])
        #expect(late == [SentMessages.call(2), SentMessages.call(4)])
    }

    @Test("Requests do not wait for ever, nor in any number", arguments: [true, false])
    func orderingBounds(answers: Bool) async throws {
        let server = try await ScriptedServer { request, connection in
            if request.body != SentMessages.initialized {
                connection.send(HTTPAnswers.json(HTTPAnswers.result(2)))
            } else if answers {
                connection.send(HTTPAnswers.empty("500 Internal Server Error"))
            }
        }
        var settings = HTTPLinkSettings.forTests
        settings.initializedTimeout = answers ? .seconds(60) : .milliseconds(20)
        settings.maximumHeldMessages = 1
        let link = try await HTTPLinkHarness.streamable(server.url(), settings: settings)
        try await link.run {
            $0.send(ByteBuffer(string: SentMessages.initialized), as: .notification)
            $0.send(ByteBuffer(string: SentMessages.call(2)), as: .request(id: 2))
            $0.send(ByteBuffer(string: SentMessages.call(3)), as: .request(id: 3))
        }
        let failure = try await link.failure(of: 3)
        #expect(failure.code == .overloaded)
        #expect(failure.nothingSent)
        #expect(try await link.next() == .received(HTTPAnswers.result(2), relatedTo: 2))
    }

    @Test("A refused notification or response is logged, and nobody's failure")
    func refusedNotification() async throws {
        let server = try await ScriptedServer { request, connection in
            let isCall = request.body.contains("tools/call")
            connection.send(
                isCall ? HTTPAnswers.json(HTTPAnswers.result(1)) : HTTPAnswers.json("{}", status: "400 Bad Request"))
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.send(#"{"jsonrpc":"2.0","method":"notifications/x"}"#, as: .notification)
        try await link.send(#"{"jsonrpc":"2.0","id":"a","result":{}}"#, as: .response)
        for _ in 1...2 { #expect(try await link.lines.next().contains("400 Bad Request")) }
        try await link.call(1)
        #expect(try await link.next() == .received(HTTPAnswers.result(1), relatedTo: 1))
    }

    @Test("Neither failures nor the log repeat the query or the credentials")
    func secrets() async throws {
        let server = try await ScriptedServer { request, connection in
            if request.body == SentMessages.call(1) { return connection.close() }
            connection.send(HTTPAnswers.empty("302 Found", headers: "Location: /x?other=secret\r\n"))
        }
        let headers = [(name: "Authorization", value: "Bearer secret")]
        let link = try await HTTPLinkHarness.streamable(server.url("/mcp?token=secret"), headers: headers)
        for id in 1...2 {
            try await link.call(Int64(id))
            #expect(try await !link.failure(of: Int64(id)).detail.contains("secret"))
        }
        try await link.send(SentMessages.initialized, as: .notification)
        #expect(try await !link.lines.next().contains("secret"))
    }

    @Test("An abandoned request hears nothing more, and its connection is closed")
    func abandons() async throws {
        let server = try await ScriptedServer { request, connection in
            if request.body == SentMessages.call(2) { connection.send(HTTPAnswers.json(HTTPAnswers.result(2))) }
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        #expect(try await server.nextRequest().connection == 1)
        try await link.run { $0.abandon(1) }
        #expect(try await server.nextClosed() == 1)
        try await link.call(2)
        #expect(try await link.next() == .received(HTTPAnswers.result(2), relatedTo: 2))
    }

    @Test("Closing the link cancels what is under way and reports that once")
    func closes() async throws {
        let server = try await ScriptedServer { _, _ in }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        _ = try await server.nextRequest()
        try await link.close()
        #expect(try await server.nextClosed() == 1)
        #expect(try await link.next() == .closed(UpstreamFailure(.closed, "the connection was closed")))
        #expect(link.log.rest.isEmpty)
    }

    @Test("A server that cannot be reached fails the request, which may be sent again")
    func unreachable() async throws {
        let link = try await HTTPLinkHarness.streamable(HTTPURL("http://127.0.0.1:\(ScriptedServer.freePort())/"))
        try await link.call(1)
        let failure = try await link.failure(of: 1)
        #expect(failure.code == .notReachable)
        #expect(failure.nothingSent)
    }
}
