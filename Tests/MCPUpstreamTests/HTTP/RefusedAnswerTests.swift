import NIOCore
import Testing

@testable import MCPUpstream

/// What becomes of answers that are not messages.
@Suite struct RefusedAnswerTests {
    private func failure(_ answer: String, closing: Bool = false) async throws -> UpstreamFailure {
        let server = try await ScriptedServer { _, connection in
            connection.send(answer)
            if closing { connection.close() }
        }
        let link = try await HTTPLinkHarness.streamable(server.url("/mcp?token=secret"))
        try await link.call(1)
        return try await link.failure(of: 1)
    }

    @Test(
        "A refusal says status, type and the beginning of a text",
        arguments: [
            (
                HTTPAnswers.text("<h1>Hi</h1>", type: "text/html; x=y"),
                "its answer has the Content-Type text/html, where application/json or text/event-stream was expected: <h1>Hi</h1>"
            ),
            (HTTPAnswers.empty("202 Accepted"), "it answered 202 Accepted without a message"),
            (HTTPAnswers.empty("200 OK"), "it answered 200 OK without a message"),
            (HTTPAnswers.json(""), "it answered with an empty body instead of a message"),
            (
                HTTPAnswers.text("a\u{1B}[31m\r\n\tb\u{202E}c", type: "text/plain", status: "500 X"),
                "it answered 500 Internal Server Error (text/plain): a [31m b c"
            ),
            (HTTPAnswers.text("PNG", type: "image/png", status: "502 X"), "it answered 502 Bad Gateway (image/png)"),
            (
                HTTPAnswers.json(#"{"error":"x"}"#, status: "400 Bad Request"),
                #"it answered 400 Bad Request (application/json): {"error":"x"}"#
            ),
            (
                HTTPAnswers.text("{}", type: "application/json", headers: "Content-Encoding: gzip\r\n"),
                "it compressed its answer although that was not asked for"
            ),
            (HTTPAnswers.empty("799 What"), "it answered 799"),
        ])
    func says(answer: String, detail: String) async throws {
        let status = answer.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        #expect(try await failure(answer) == UpstreamFailure(.unexpectedHTTPAnswer, detail, status: status))
    }

    @Test("No more than 300 characters of a text are repeated")
    func excerpt() async throws {
        let failure = try await failure(
            HTTPAnswers.text(String(repeating: "ü", count: 100_000), type: "text/plain", status: "500 X"))
        #expect(failure.detail.hasSuffix("(text/plain): " + String(repeating: "ü", count: 300)))
    }

    @Test("A refusal with a body that has no end is reported all the same")
    func endless() async throws {
        let piece = HTTPAnswers.chunk(String(repeating: "x", count: 70_000))
        let failure = try await failure("HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n" + piece)
        #expect(failure.code == .unexpectedHTTPAnswer)
    }

    @Test("Missing credentials are told apart", arguments: ["401 Unauthorized", "403 Forbidden"])
    func unauthorized(status: String) async throws {
        let failure = try await failure(HTTPAnswers.text("no", type: "text/plain", status: status))
        #expect(failure.code == .unauthorized)
        #expect(failure.detail.contains(status))
    }

    @Test("A JSON-RPC error with our identifier is the answer, whatever the status", arguments: ["400", "401", "500"])
    func errorMessage(status: String) async throws {
        let error = #"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}"#
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.json(error, status: "\(status) X"))
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        #expect(try await link.next() == .received(error, relatedTo: 1))
    }

    @Test(
        "A JSON-RPC error that names another request, or none, is the answer to the request that it came for",
        arguments: [#""id":null,"#, #""id":2,"#, #""id":"server-error","#, ""])
    func otherErrorMessage(id: String) async throws {
        let error = #""error":{"code":-32000,"message":"Rate limit: 10 calls a minute","data":{"n":1.0}}}"#
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.json(#"{"jsonrpc":"2.0",\#(id)\#(error)"#, status: "429 X"))
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        #expect(try await link.next() == .received(#"{"jsonrpc":"2.0","id":1,\#(error)"#, relatedTo: 1))
    }

    @Test(
        "A session that the server does not know is lost, in whatever words it says so",
        arguments: [
            (
                "400 Bad Request",
                #"{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"No valid session ID"}}"#
            ),
            ("410 Gone", #"{"jsonrpc":"2.0","id":2,"error":{"code":-32001,"message":"Session expired"}}"#),
            ("400 Bad Request", #"{"error":"unknown session"}"#),
        ])
    func lostSession(status: String, body: String) async throws {
        let server = try await ScriptedServer { request, connection in
            let isFirst = request.header("Mcp-Session-Id") == nil
            connection.send(
                isFirst
                    ? HTTPAnswers.json(HTTPAnswers.result(1), headers: "Mcp-Session-Id: s\r\n")
                    : HTTPAnswers.json(body, status: status))
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        #expect(try await link.next() == .received(HTTPAnswers.result(1), relatedTo: 1))
        try await link.call(2)
        #expect(try await link.next() == .lostSession(2))
        #expect(try await link.lines.next().contains("forgotten the session"))
    }

    @Test(
        "What is said of the session of a message that is no request counts once the session was good for something"
    )
    func lostSessionOfNotification() async throws {
        let words = #"{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Session expired"}}"#
        let server = try await ScriptedServer { request, connection in
            switch request.body {
            case SentMessages.call(1):
                connection.send(HTTPAnswers.json(HTTPAnswers.result(1), headers: "Mcp-Session-Id: s\r\n"))
            case SentMessages.call(2): connection.send(HTTPAnswers.json(HTTPAnswers.result(2)))
            case "200": connection.send(HTTPAnswers.json(words))
            default: connection.send(HTTPAnswers.json(words, status: "400 Bad Request"))
            }
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        _ = try await link.next()
        try await link.send("before", as: .response)
        #expect(try await link.lines.next().contains("refused a message"))
        try await link.call(2)
        #expect(try await link.next() == .received(HTTPAnswers.result(2), relatedTo: 2))
        for body in ["200", "400"] {
            try await link.send(body, as: .notification)
            #expect(try await link.next() == .lostSession(nil))
        }
    }

    @Test(
        "A refused notifications/initialized loses no session: the server may serve all the same",
        arguments: [400, 404])
    func refusedInitialized(status: Int) async throws {
        let server = try await ScriptedServer { request, connection in
            let isFirst = request.header("Mcp-Session-Id") == nil
            connection.send(
                isFirst
                    ? HTTPAnswers.json(HTTPAnswers.result(1), headers: "Mcp-Session-Id: s\r\n")
                    : request.body == SentMessages.initialized
                        ? HTTPAnswers.text("no session", type: "text/plain", status: "\(status) X")
                        : HTTPAnswers.json(HTTPAnswers.result(2)))
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        _ = try await link.next()
        try await link.send(SentMessages.initialized, as: .notification)
        #expect(try await link.lines.next().contains("refused notifications/initialized"))
        try await link.call(2)
        #expect(try await link.next() == .received(HTTPAnswers.result(2), relatedTo: 2))
    }

    @Test("What was sent once more already gets what the server says of its session as the answer")
    func notRepeated() async throws {
        let server = try await ScriptedServer { request, connection in
            let isFirst = request.header("Mcp-Session-Id") == nil
            connection.send(
                isFirst
                    ? HTTPAnswers.json(HTTPAnswers.result(1), headers: "Mcp-Session-Id: s\r\n")
                    : HTTPAnswers.text("no such session", type: "text/plain", status: "400 Bad Request"))
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        _ = try await link.next()
        try await link.call(HTTPLinkHarness.repeated)
        #expect(try await link.failure(of: HTTPLinkHarness.repeated).detail.contains("no such session"))
    }

    @Test("An error that is nested as deeply as any answer may be is passed on")
    func deepError() async throws {
        let deep = String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
        let error = #"{"jsonrpc":"2.0","id":1,"error":{"code":-32050,"message":"m","data":\#(deep)}}"#
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.json(error, status: "500 X"))
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        #expect(try await link.next() == .received(error, relatedTo: 1))
    }

    @Test(
        "Other words, another code and another status are the answer of a server that knows the session",
        arguments: [
            ("400 Bad Request", -32000, "no such tool"),
            ("400 Bad Request", -32602, "session is missing"),
            ("409 Conflict", -32000, "session is busy"), ("403 Forbidden", -32000, "unknown session"),
            ("429 X", -32000, "invalid: too many sessions"), ("500 X", -32000, "unknown session"),
        ])
    func keptSession(status: String, code: Int, words: String) async throws {
        let error = #"{"jsonrpc":"2.0","id":2,"error":{"code":\#(code),"message":"\#(words)"}}"#
        let server = try await ScriptedServer { request, connection in
            let isFirst = request.header("Mcp-Session-Id") == nil
            connection.send(
                isFirst
                    ? HTTPAnswers.json(HTTPAnswers.result(1), headers: "Mcp-Session-Id: s\r\n")
                    : HTTPAnswers.json(error, status: status))
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        _ = try await link.next()
        try await link.call(2)
        #expect(try await link.next() == .received(error, relatedTo: 2))
    }

    @Test(
        "A redirect to another origin, or in a circle, ends somewhere; the operator is told where it leads, without the query",
        arguments: [
            ("https://elsewhere.example/mcp?token=x#y", "https://elsewhere.example/mcp;"), ("/mcp/?a=b", "/mcp/;"),
        ])
    func redirect(location: String, place: String) async throws {
        let failure = try await failure(
            HTTPAnswers.empty("307 Temporary Redirect", headers: "Location: \(location)\r\n"))
        #expect(failure.code == .unexpectedHTTPAnswer)
        #expect(failure.detail.contains(place))
        #expect(failure.detail.contains("put it into the configuration"))
        #expect(!failure.detail.contains("token"))
    }

    @Test("A redirect to nowhere is told as such", arguments: ["", "Location: http://\r\n"])
    func uselessRedirect(header: String) async throws {
        let failure = try await failure(HTTPAnswers.empty("301 Moved", headers: header))
        #expect(failure.detail.contains("without a usable Location"))
    }

    @Test("An answer that breaks off before it began is a lost connection")
    func breaksOff() async throws {
        #expect(try await failure("", closing: true).code == .connectionLost)
    }
}
