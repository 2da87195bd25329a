import Addresses
import NIOCore
import NIOPosix
import Testing

@testable import MCPUpstream

@Suite struct HTTPDownloadTests {
    private func fetch(
        _ url: HTTPURL,
        _ change: (inout HTTPDownload) -> Void = { _ in }
    ) async throws(UpstreamFailure) -> HTTPDownload.Content {
        var download = HTTPDownload(url: url)
        change(&download)
        return try await download.fetch(on: MultiThreadedEventLoopGroup.singleton.next())
    }

    @Test("A file is fetched with the configured fields")
    func fetches() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.text("{}", type: "application/yaml; charset=utf-8"))
        }
        let content = try await fetch(server.url("/c?x")) { $0.headers = [(name: "Authorization", value: "Bearer x")] }
        #expect(content.bytes == ByteBuffer(string: "{}"))
        #expect(content.contentType == "application/yaml; charset=utf-8")
        let request = try await server.nextRequest()
        #expect(request.method == "GET")
        #expect(request.target == "/c?x")
        #expect(request.header("Authorization") == "Bearer x")
        // Nothing is left behind.
        #expect(try await server.nextClosed() == 1)
    }

    @Test("Redirects within the origin keep the fields, up to five of them", arguments: [5, 6])
    func redirects(count: Int) async throws {
        let server = try await ScriptedServer { request, connection in
            let step = Int(request.target.dropFirst()) ?? 0
            if step == count { return connection.send(HTTPAnswers.json("1")) }
            connection.send(HTTPAnswers.empty("302 Found", headers: "Location: \(step + 1)\r\n"))
        }
        let headers = [(name: "X", value: "y")]
        if count == 5 {
            let content = try await fetch(server.url("/0")) { $0.headers = headers }
            #expect(content.url.target == "/5")
            for _ in 0...5 { #expect(try await server.nextRequest().header("X") == "y") }
        } else {
            let url = try server.url("/0")
            let failure = await #expect(throws: UpstreamFailure.self) { try await fetch(url) }
            #expect(failure?.detail.contains("more than 5 times") == true)
        }
    }

    @Test("A redirect to another origin is followed without the fields")
    func otherOrigin() async throws {
        let other = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.json("1")) }
        let target = try other.url("/x", host: "localhost")
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.empty("307 X", headers: "Location: \(target)\r\n"))
        }
        let content = try await fetch(server.url()) { $0.headers = [(name: "Authorization", value: "secret")] }
        #expect(content.url == target)
        #expect(try await other.nextRequest().header("Authorization") == nil)
    }

    @Test("A redirect from https to http is not followed")
    func downgrade() async throws {
        let server = try await ScriptedServer(certificate: .localhost) { _, connection in
            connection.send(HTTPAnswers.empty("301 X", headers: "Location: http://127.0.0.1/\r\n"))
        }
        let url = try server.url()
        let failure = await #expect(throws: UpstreamFailure.self) {
            try await fetch(url) { $0.egress.trust = .unverified }
        }
        #expect(failure?.detail.contains("from https to http") == true)
    }

    @Test("A server whose certificate is not trusted is refused, unless the operator allows it")
    func insecure() async throws {
        let server = try await ScriptedServer(certificate: .other) { _, connection in
            connection.send(HTTPAnswers.json("1"))
        }
        let url = try server.url()
        let failure = await #expect(throws: UpstreamFailure.self) { try await fetch(url) }
        #expect(failure?.code == .notReachable)
        #expect(try await fetch(url) { $0.egress.trust = .unverified }.bytes == ByteBuffer(string: "1"))
    }

    @Test(
        "A file that is larger than allowed is refused",
        arguments: [
            HTTPAnswers.json("12345"),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + HTTPAnswers.chunk("123") + HTTPAnswers.chunk("45")
                + HTTPAnswers.lastChunk,
        ])
    func tooLarge(answer: String) async throws {
        let server = try await ScriptedServer { _, connection in connection.send(answer) }
        let url = try server.url("/c?token=secret")
        let failure = await #expect(throws: UpstreamFailure.self) { try await fetch(url) { $0.maximumBytes = 4 } }
        #expect(failure?.code == .unreadable)
        #expect(failure?.detail.contains("secret") == false)
        #expect(try await fetch(url) { $0.maximumBytes = 5 }.bytes.readableBytes == 5)
    }

    @Test("A refusal says what was answered")
    func refused() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.text("no such file", type: "text/plain", status: "404 Not Found"))
        }
        let url = try server.url("/c?token=secret")
        let failure = await #expect(throws: UpstreamFailure.self) { try await fetch(url) }
        #expect(
            failure?.detail == "http://127.0.0.1:\(server.port)/c: it answered 404 Not Found (text/plain): no such file"
        )
    }

    @Test("A file that does not come in time is given up, and the connection closed")
    func timeout() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        }
        let url = try server.url()
        let failure = await #expect(throws: UpstreamFailure.self) {
            try await fetch(url) { $0.timeout = .milliseconds(50) }
        }
        #expect(failure?.code == .timedOut)
        #expect(try await server.nextClosed() == 1)
    }

    @Test("Cancelling the task closes the connection")
    func cancels() async throws {
        let server = try await ScriptedServer { _, _ in }
        let url = try server.url()
        let task = Task { try await fetch(url) }
        _ = try await server.nextRequest()
        task.cancel()
        #expect(try await server.nextClosed() == 1)
        await #expect(throws: UpstreamFailure.self) { try await task.value }
    }
}
