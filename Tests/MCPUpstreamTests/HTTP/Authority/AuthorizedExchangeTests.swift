import Addresses
import NIOCore
import NIOHTTP1
import Testing

@testable import MCPUpstream

/// Requests that show on whose behalf they are sent, and what becomes of them when that is refused.
@Suite(.timeLimit(.minutes(2))) struct AuthorizedExchangeTests {
    private static let refusal = HTTPAnswers.text(
        "who?", type: "text/plain", status: "401 Unauthorized",
        headers: "WWW-Authenticate: Bearer scope=\"read\"\r\n")
    private static let insufficient = HTTPAnswers.text(
        "more!", type: "text/plain", status: "403 Forbidden",
        headers: "WWW-Authenticate: Bearer error=\"insufficient_scope\", scope=\"write\"\r\n")

    /// Lets in whoever shows this token, and refuses all others.
    private static func server(_ token: String = "token-2", refusal: String = refusal) async throws -> ScriptedServer {
        try await ScriptedServer { request, connection in
            connection.send(
                request.header("Authorization") == "Bearer \(token)" ? HTTPAnswers.json("{}") : refusal)
        }
    }

    private func send(
        to server: ScriptedServer, _ method: HTTPMethod = .POST, _ target: String = "/mcp", body: String? = "message",
        followsRedirects: Bool = false, by authority: ScriptedAuthority
    ) async throws -> SentExchange {
        try await ExchangeHarness(server.url()).send(
            method, target, body: body, followsRedirects: followsRedirects, by: authority)
    }

    @Test("What is known is shown at once")
    func shown() async throws {
        let server = try await Self.server()
        let exchange = try await send(to: server, by: ScriptedAuthority(.send(ScriptedAuthority.credential(2))))
        #expect(try await exchange.log.next() == .head(200))
        #expect(try await server.nextRequest().header("Authorization") == "Bearer token-2")
    }

    @Test("Where nothing is to be shown nothing is")
    func nothingShown() async throws {
        let server = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.json("{}")) }
        let exchange = try await send(to: server, by: ScriptedAuthority(.send(nil)))
        #expect(try await exchange.log.next() == .head(200))
        #expect(try await server.nextRequest().header("Authorization") == nil)
    }

    @Test("A request waits for what it is to show, and no connection is made until then")
    func waits() async throws {
        let server = try await Self.server()
        let authority = ScriptedAuthority()
        let exchange = try await send(to: server, by: authority)
        let wait = try await authority.waits.next()
        #expect(server.log.rest.isEmpty)
        wait.answer(.send(ScriptedAuthority.credential(2)))
        #expect(try await exchange.log.first { $0 == .end } == .end)
        #expect(try await server.nextRequest().body == "message")
    }

    @Test("What may not be sent is not sent, and fails after it was asked for", arguments: [true, false])
    func notSent(isAtOnce: Bool) async throws {
        let server = try await Self.server()
        let failure = UpstreamFailure(.notReachable, "no token", nothingSent: true)
        let authority = ScriptedAuthority(isAtOnce ? .fail(failure) : nil)
        let exchange = try await send(to: server, by: authority)
        if !isAtOnce { try await authority.waits.next().answer(.fail(failure)) }
        #expect(try await exchange.log.next() == .failed(failure))
        #expect(try await server.connectionsSoFar() == 0)
    }

    @Test("A request that was refused is sent again as it was, with what is shown by then")
    func again() async throws {
        let server = try await Self.server()
        let authority = ScriptedAuthority(.send(ScriptedAuthority.credential(1)))
        let exchange = try await send(to: server, by: authority)
        let question = try await authority.questions.next()
        #expect(question.refusal.status == 401 && question.refusal.challenge?.scopes == ["read"])
        #expect(question.refusal.credential?.edition == 1 && question.refusal.repetitions == 0)
        #expect(exchange.log.rest.isEmpty, "nobody has heard of the refusal")
        authority.say(.send(ScriptedAuthority.credential(2)))
        question.answer(.again)
        #expect(try await exchange.log.next() == .head(200))
        #expect(try await exchange.log.next() == .body(2))
        #expect(try await exchange.log.next() == .end)
        let (first, second) = (try await server.nextRequest(), try await server.nextRequest())
        #expect(first.body == "message" && second.body == "message")
        #expect(second.method == "POST" && second.target == "/mcp")
        #expect(first.connection == second.connection, "the refusal was read to its end")
        #expect(second.headers.filter { $0.name.lowercased() == "authorization" }.map(\.value) == ["Bearer token-2"])
    }

    @Test("What is shown no more when a request is sent again is not in it")
    func noLongerShown() async throws {
        let server = try await Self.server()
        let authority = ScriptedAuthority(.send(ScriptedAuthority.credential(1)))
        let exchange = try await send(to: server, by: authority)
        let question = try await authority.questions.next()
        authority.say(.send(nil))
        question.answer(.again)
        let second = try await authority.questions.next()
        #expect(second.refusal.credential == nil && second.refusal.repetitions == 1)
        second.answer(.stands)
        #expect(try await exchange.log.next() == .head(401))
        _ = try await server.nextRequest()
        #expect(try await server.nextRequest().header("Authorization") == nil)
    }

    @Test("A refusal that stands is handed on from its head to its end")
    func stands() async throws {
        let server = try await Self.server()
        let exchange = try await send(to: server, by: ScriptedAuthority(.send(nil), verdict: .stands))
        #expect(try await exchange.log.next() == .head(401))
        #expect(try await exchange.log.next() == .body(4))
        #expect(try await exchange.log.next() == .end)
    }

    @Test("A refusal that never ends is judged as far as it has come, and its connection closed")
    func endless() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send("HTTP/1.1 401 X\r\nContent-Length: 9\r\n\r\nhalf")
        }
        var settings = HTTPLinkSettings()
        settings.restTimeout = .milliseconds(50)
        let exchange = try await ExchangeHarness(server.url(), settings: settings)
            .send(.POST, "/mcp", body: "message", by: ScriptedAuthority(.send(nil), verdict: .stands))
        #expect(try await exchange.log.next() == .head(401))
        #expect(try await exchange.log.next() == .body(4))
        #expect(try await exchange.log.next() == .end)
        #expect(try await server.nextClosed() == 1)
    }

    @Test("A redirect that never ends is followed all the same")
    func endlessRedirect() async throws {
        let server = try await ScriptedServer { request, connection in
            connection.send(
                request.target == "/there"
                    ? HTTPAnswers.json("{}")
                    : "HTTP/1.1 307 X\r\nLocation: /there\r\nContent-Length: 9\r\n\r\nhalf")
        }
        var settings = HTTPLinkSettings()
        settings.restTimeout = .milliseconds(50)
        let exchange = try await ExchangeHarness(server.url(), settings: settings)
            .send(.POST, "/mcp", body: "message", followsRedirects: true)
        #expect(try await exchange.log.next() == .head(200))
        #expect(try await server.nextClosed() == 1)
    }

    @Test("A refusal without a body ends after its head")
    func standsEmpty() async throws {
        let server = try await Self.server(refusal: HTTPAnswers.empty("401 Unauthorized"))
        let exchange = try await send(to: server, by: ScriptedAuthority(.send(nil), verdict: .stands))
        #expect(try await exchange.log.next() == .head(401))
        #expect(try await exchange.log.next() == .end)
    }

    @Test("A refusal may become a failure")
    func fails() async throws {
        let server = try await Self.server()
        let failure = UpstreamFailure.loginNeeded("log in")
        let exchange = try await send(to: server, by: ScriptedAuthority(.send(nil), verdict: .fail(failure)))
        #expect(try await exchange.log.next() == .failed(failure))
    }

    @Test("403 is judged where more scopes are wanted, and is the answer otherwise")
    func forbidden() async throws {
        let server = try await Self.server(refusal: Self.insufficient)
        let authority = ScriptedAuthority(.send(ScriptedAuthority.credential(1)), verdict: .stands)
        let exchange = try await send(to: server, by: authority)
        #expect(try await exchange.log.next() == .head(403))
        let refusal = try await authority.questions.next().refusal
        #expect(refusal.status == 403 && refusal.challenge?.scopes == ["write"])
        let other = try await Self.server(refusal: HTTPAnswers.empty("403 Forbidden"))
        let unjudged = ScriptedAuthority(.send(nil))
        #expect(try await send(to: other, by: unjudged).log.next() == .head(403))
        #expect(unjudged.questions.rest.isEmpty)
    }

    @Test("A request is sent again three times; the next refusal is the answer, whatever the authority wants")
    func bounded() async throws {
        let server = try await Self.server()
        let authority = ScriptedAuthority(.send(ScriptedAuthority.credential(1)), verdict: .again)
        let exchange = try await send(to: server, by: authority)
        #expect(try await exchange.log.next() == .head(401))
        for count in 0..<3 { #expect(try await authority.questions.next().refusal.repetitions == count) }
        #expect(authority.questions.rest.isEmpty && authority.count == 4)
        for _ in 0..<4 { _ = try await server.nextRequest() }
        #expect(!server.log.rest.contains { if case .request = $0 { true } else { false } })
    }

    @Test("A redirect and a refusal may come one after the other", arguments: [true, false])
    func redirected(redirectsFirst: Bool) async throws {
        let server = try await ScriptedServer { request, connection in
            let isShown = request.header("Authorization") == "Bearer token-2"
            let redirect = HTTPAnswers.empty("307 X", headers: "Location: /b\r\n")
            switch request.target {
            case "/b": connection.send(isShown ? HTTPAnswers.json("{}") : Self.refusal)
            default: connection.send(redirectsFirst || isShown ? redirect : Self.refusal)
            }
        }
        let authority = ScriptedAuthority(.send(ScriptedAuthority.credential(1)))
        let exchange = try await send(to: server, .POST, "/a", followsRedirects: true, by: authority)
        let question = try await authority.questions.next()
        authority.say(.send(ScriptedAuthority.credential(2)))
        question.answer(.again)
        #expect(try await exchange.log.next() == .head(200))
        let requests = [
            try await server.nextRequest(), try await server.nextRequest(), try await server.nextRequest(),
        ]
        #expect(requests.map(\.target) == (redirectsFirst ? ["/a", "/b", "/b"] : ["/a", "/a", "/b"]))
        #expect(requests.allSatisfy { $0.body == "message" })
    }

    @Test(
        "A refusal with a body that has no end costs its connection, and what has come is kept",
        arguments: [true, false])
    func endless(stands: Bool) async throws {
        let head = "HTTP/1.1 401 X\r\nTransfer-Encoding: chunked\r\n\r\n"
        let endless = head + HTTPAnswers.chunk("a") + HTTPAnswers.chunk(String(repeating: "x", count: 70_000))
        let server = try await Self.server(refusal: endless)
        let authority = ScriptedAuthority(.send(ScriptedAuthority.credential(1)))
        let exchange = try await send(to: server, by: authority)
        let question = try await authority.questions.next()
        authority.say(.send(ScriptedAuthority.credential(2)))
        question.answer(stands ? .stands : .again)
        if stands {
            #expect(try await exchange.log.next() == .head(401))
            let size = try await exchange.log.next()
            guard case .body(let bytes) = size else {
                Issue.record("\(size)")
                return
            }
            #expect(bytes > 0 && bytes <= 65_536)
            #expect(try await exchange.log.next() == .end)
        } else {
            #expect(try await exchange.log.next() == .head(200))
            let (first, second) = (try await server.nextRequest(), try await server.nextRequest())
            #expect(first.connection != second.connection && second.body == "message")
        }
    }

    @Test("A refusal whose connection breaks is one")
    func broken() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send("HTTP/1.1 401 X\r\nContent-Length: 9\r\n\r\nhalf")
            connection.close()
        }
        let authority = ScriptedAuthority(.send(ScriptedAuthority.credential(1)), verdict: .stands)
        let exchange = try await send(to: server, by: authority)
        #expect(try await exchange.log.next() == .head(401))
        #expect(try await exchange.log.next() == .body(4))
        #expect(try await exchange.log.next() == .end)
    }
}
