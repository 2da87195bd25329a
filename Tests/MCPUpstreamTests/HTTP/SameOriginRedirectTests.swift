import Addresses
import NIOCore
import NIOHTTP1
import Testing

@testable import MCPUpstream

@Suite struct SameOriginRedirectTests {
    private static func redirect(_ location: String, status: String = "307 X", body: String = "")
        -> String
    {
        HTTPAnswers.text(body, type: "text/plain", status: status, headers: "Location: \(location)\r\n")
    }

    @Test(
        "A request is sent on within its origin, with its method, its fields and its body",
        arguments: ["307 Temporary Redirect", "308 Permanent Redirect"],
        ["/b?x=1", "b?x=1", "ORIGIN/b?x=1"])
    func follows(status: String, location: String) async throws {
        let server = try await ScriptedServer { request, connection in
            let origin = "http://\(request.header("Host") ?? "")"
            connection.send(
                request.target == "/a"
                    ? Self.redirect(
                        location.replacing("ORIGIN", with: origin), status: status, body: "elsewhere")
                    : HTTPAnswers.json("{}"))
        }
        let harness = try await ExchangeHarness(server.url())
        let exchange = try await harness.send(.POST, "/a", body: "message", followsRedirects: true)
        #expect(try await exchange.log.next() == .head(200))
        #expect(try await exchange.log.next() == .body(2))
        #expect(try await exchange.log.next() == .end)
        let (first, second) = (try await server.nextRequest(), try await server.nextRequest())
        #expect(second.method == "POST" && second.target == "/b?x=1" && second.body == "message")
        #expect(first.headers.map(\.name) == second.headers.map(\.name))
        #expect(first.connection == second.connection)
    }

    @Test(
        "Another origin, another kind of redirect and none to speak of are the answer",
        arguments: [
            ("https://127.0.0.1:1/", "307 X"), ("http://localhost:1/b", "308 X"),
            ("//elsewhere.example/b", "307 X"),
            ("/b", "301 X"), ("/b", "302 X"), ("/b", "303 X"), ("http://a b/", "307 X"),
        ])
    func doesNotFollow(location: String, status: String) async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(Self.redirect(location, status: status))
        }
        let harness = try await ExchangeHarness(server.url())
        let exchange = try await harness.send(.POST, "/a", body: "message", followsRedirects: true)
        #expect(try await exchange.log.next() == .head(Int(status.prefix(3)) ?? 0))
    }

    @Test("Nobody is sent on who does not want to be")
    func unwanted() async throws {
        let server = try await ScriptedServer { _, connection in connection.send(Self.redirect("/b")) }
        let harness = try await ExchangeHarness(server.url())
        #expect(try await harness.send(.GET, "/a").log.next() == .head(307))
    }

    @Test("After five redirects in a row the sixth is the answer")
    func bounded() async throws {
        let server = try await ScriptedServer { request, connection in
            connection.send(Self.redirect("\(request.target)a"))
        }
        let harness = try await ExchangeHarness(server.url())
        let exchange = try await harness.send(.GET, "/", followsRedirects: true)
        #expect(try await exchange.log.next() == .head(307))
        for count in 0...5 {
            #expect(try await server.nextRequest().target == "/" + String(repeating: "a", count: count))
        }
        #expect(server.log.rest.isEmpty)
    }

    @Test("A redirect with a body that has no end costs its connection, not the request")
    func endlessBody() async throws {
        let piece = HTTPAnswers.chunk(String(repeating: "x", count: 70_000))
        let server = try await ScriptedServer { request, connection in
            connection.send(
                request.target == "/a"
                    ? "HTTP/1.1 307 X\r\nLocation: /b\r\nTransfer-Encoding: chunked\r\n\r\n" + piece
                    : HTTPAnswers.json("{}"))
        }
        let harness = try await ExchangeHarness(server.url())
        let exchange = try await harness.send(.POST, "/a", body: "message", followsRedirects: true)
        #expect(try await exchange.log.next() == .head(200))
        let (first, second) = (try await server.nextRequest(), try await server.nextRequest())
        #expect(second.body == "message" && first.connection != second.connection)
    }

    @Test("Who gives up while being sent on hears nothing more, and the connection is closed")
    func givesUp() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send("HTTP/1.1 307 X\r\nLocation: /b\r\nContent-Length: 9\r\n\r\nhalf")
        }
        let harness = try await ExchangeHarness(server.url())
        let exchange = try await harness.send(.POST, "/a", body: "message", followsRedirects: true)
        _ = try await server.nextRequest()
        try await exchange.onLoop { $0.cancel() }
        #expect(try await server.nextClosed() == 1)
        #expect(exchange.log.rest.isEmpty)
    }
}
