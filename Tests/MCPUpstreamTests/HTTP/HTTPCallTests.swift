import Addresses
import NIOCore
import NIOPosix
import Testing

@testable import MCPUpstream

/// One request to an API, and its whole answer.
@Suite(.timeLimit(.minutes(2))) struct HTTPCallTests {
    private func send(
        _ method: HTTPCall.Method, _ url: HTTPURL, _ change: (inout HTTPCall) -> Void = { _ in }
    ) async throws(UpstreamFailure) -> HTTPCall.Answer {
        var call = HTTPCall(method, url)
        change(&call)
        return try await call.send(on: MultiThreadedEventLoopGroup.singleton.next())
    }

    @Test("A form goes with its own type, and an answer is told whatever its status")
    func form() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.json("{}", status: "400 Bad Request"))
        }
        let answer = try await send(.post, server.url("/token")) { call in
            call.mediaType = "application/x-www-form-urlencoded"
            call.body = ByteBuffer(string: "a=b")
            call.headers = [(name: "Authorization", value: "Basic x")]
        }
        #expect(answer.status == 400 && answer.isJSON && String(buffer: answer.body) == "{}")
        let request = try await server.nextRequest()
        #expect(request.method == "POST" && request.target == "/token" && request.body == "a=b")
        #expect(request.header("Content-Type") == "application/x-www-form-urlencoded")
        #expect(request.header("Authorization") == "Basic x" && request.header("Accept") == "application/json")
        #expect(try await server.nextClosed() == 1)
    }

    @Test("No redirect is followed, and it is told where one leads")
    func redirect() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.empty("307 X", headers: "Location: /b\r\n"))
        }
        let answer = try await send(.get, server.url("/a"))
        #expect(answer.status == 307 && answer.location == "/b" && !answer.isJSON)
        #expect(try await server.connectionsSoFar() == 1)
    }

    @Test("An answer larger than allowed is given up, with a length or without one", arguments: [true, false])
    func tooLarge(hasLength: Bool) async throws {
        let server = try await ScriptedServer { _, connection in
            let text = String(repeating: "x", count: 5)
            connection.send(
                hasLength
                    ? HTTPAnswers.json(text)
                    : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + HTTPAnswers.chunk(text))
        }
        let url = try server.url()
        let failure = await #expect(throws: UpstreamFailure.self) { try await send(.get, url) { $0.maximumBytes = 4 } }
        #expect(failure?.code == .unreadable && failure?.detail == "its answer is larger than 4 bytes")
        #expect(try await server.nextClosed() == 1)
    }

    @Test("Who does not answer in time is given up, as is who answers compressed")
    func late() async throws {
        let silent = try await ScriptedServer { _, connection in connection.send("HTTP/1.1 200 OK\r\n") }
        let url = try silent.url()
        let failure = await #expect(throws: UpstreamFailure.self) {
            try await send(.get, url) { $0.timeout = .milliseconds(20) }
        }
        #expect(failure?.code == .timedOut)
        #expect(try await silent.nextClosed() == 1)
        let packed = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.json("{}", headers: "Content-Encoding: gzip\r\n"))
        }
        let other = try packed.url()
        #expect(await #expect(throws: UpstreamFailure.self) { try await send(.get, other) }?.code == .unreadable)
    }
}
