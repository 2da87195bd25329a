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
            (HTTPAnswers.text("<h1>Hi</h1>", type: "text/html; x=y"), "it answered 200 OK (text/html): <h1>Hi</h1>"),
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

    @Test("No more than 200 characters of a text are repeated")
    func excerpt() async throws {
        let failure = try await failure(
            HTTPAnswers.text(String(repeating: "ü", count: 100_000), type: "text/plain", status: "500 X"))
        #expect(failure.detail.hasSuffix("(text/plain): " + String(repeating: "ü", count: 200)))
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

    @Test("A JSON-RPC error with another identifier is a refusal", arguments: ["null", "2", "\"1\""])
    func otherErrorMessage(id: String) async throws {
        let error = #"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32602,"message":"no"}}"#
        #expect(try await failure(HTTPAnswers.json(error, status: "400 X")).code == .unexpectedHTTPAnswer)
    }

    @Test(
        "A redirect is not followed; the operator is told where it leads, without the query",
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
