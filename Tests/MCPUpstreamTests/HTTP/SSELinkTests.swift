import Addresses
import MCPCore
import NIOCore
import Testing

@testable import MCPUpstream

@Suite struct SSELinkTests {
    private static let accepted = HTTPAnswers.empty("202 Accepted")

    /// A server whose stream names an endpoint and whose POSTs are answered by the script.
    private func server(
        stream: String = HTTPAnswers.events() + "event: endpoint\ndata: /messages?session=1\n\n",
        _ streams: AwaitedLog<ScriptedConnection> = AwaitedLog(),
        _ post: @escaping ScriptedServer.Script = { $1.send(SSELinkTests.accepted) }
    ) async throws -> ScriptedServer {
        try await ScriptedServer { request, connection in
            guard request.method == "GET" else { return post(request, connection) }
            connection.send(stream)
            streams.add(connection)
        }
    }

    @Test("The link is open once the endpoint is known; messages are posted there and answered on the stream")
    func converses() async throws {
        let streams = AwaitedLog<ScriptedConnection>()
        let server = try await server(streams)
        let link = try await HTTPLinkHarness.sse(
            server.url("/sse"), headers: [(name: "Authorization", value: "Bearer x")])
        #expect(try await link.next() == .opened)
        let stream = try await streams.next()
        try await link.send(SentMessages.initialize, as: .request(id: 1))
        let get = try await server.nextRequest()
        #expect(get.target == "/sse")
        #expect(get.header("Accept") == "text/event-stream")
        #expect(get.header("Authorization") == "Bearer x")
        let post = try await server.nextRequest()
        #expect(post.method == "POST")
        #expect(post.target == "/messages?session=1")
        #expect(post.body == SentMessages.initialize)
        #expect(post.header("Content-Type") == "application/json")
        #expect(post.header("Authorization") == "Bearer x")
        stream.send(
            "event: message\r\ndata: \(HTTPAnswers.result(1))\r\n\r\n: ping\n\nevent: other\ndata: x\n\ndata: {}\n\n")
        #expect(try await link.next() == .received(HTTPAnswers.result(1), relatedTo: nil))
        #expect(try await link.next() == .received("{}", relatedTo: nil))
    }

    @Test(
        "The endpoint is resolved against the stream's URL",
        arguments: [
            ("messages", "/a/messages"), ("../m?x=%20", "/m?x=%20"), ("?s=1", "/a/sse?s=1"), ("ABSOLUTE/m", "/m"),
        ])
    func resolves(reference: String, target: String) async throws {
        let server = try await ScriptedServer { request, connection in
            guard request.method == "GET" else { return connection.send(Self.accepted) }
            let origin = "http://\(request.header("Host") ?? "")"
            let endpoint = reference.replacing("ABSOLUTE", with: origin)
            connection.send(HTTPAnswers.events() + "event: endpoint\ndata: \(endpoint)\n\n")
        }
        let link = try await HTTPLinkHarness.sse(server.url("/a/sse?key=1"))
        #expect(try await link.next() == .opened)
        try await link.call(1)
        _ = try await server.nextRequest()
        #expect(try await server.nextRequest().target == target)
    }

    @Test(
        "An endpoint elsewhere closes the link, and nothing is posted",
        arguments: ["http://evil.example/m", "//evil.example/m", "https://127.0.0.1/m", "http://127.0.0.1:1/m", "x:y"])
    func otherOrigin(endpoint: String) async throws {
        let server = try await server(stream: HTTPAnswers.events() + "event: endpoint\ndata: \(endpoint)\n\n")
        let link = try await HTTPLinkHarness.sse(server.url("/sse"))
        guard case .closed(let failure) = try await link.next() else { return #expect(Bool(false)) }
        #expect(failure.code == .unexpectedHTTPAnswer)
        #expect(failure.detail.contains("endpoint"))
        #expect(try await server.nextClosed() == 1)
        #expect(link.log.rest.isEmpty)
    }

    @Test("Messages are posted one after the other, each once the one before has been accepted")
    func ordering() async throws {
        let held = AwaitedLog<ScriptedConnection>()
        let server = try await server { _, connection in held.add(connection) }
        let link = try await HTTPLinkHarness.sse(server.url("/sse"))
        #expect(try await link.next() == .opened)
        try await link.run {
            $0.send(ByteBuffer(string: "1"), as: .request(id: 1))
            $0.send(ByteBuffer(string: "2"), as: .notification)
            $0.send(ByteBuffer(string: "3"), as: .request(id: 3))
            $0.send(ByteBuffer(string: "4"), as: .response)
            $0.abandon(3)
        }
        _ = try await server.nextRequest()
        for (body, answer) in [("1", Self.accepted), ("2", HTTPAnswers.json("{}")), ("4", Self.accepted)] {
            let connection = try await held.next()
            let request = try await server.nextRequest()
            #expect(request.body == body)
            #expect(request.connection == 2)
            #expect(server.log.rest.isEmpty)
            connection.send(answer)
        }
    }

    @Test("A message that is not accepted in time holds the next one up no longer")
    func orderingTimeout() async throws {
        let server = try await server { _, _ in }
        var settings = HTTPLinkSettings.forTests
        settings.postTimeout = .milliseconds(20)
        let link = try await HTTPLinkHarness.sse(server.url("/sse"), settings: settings)
        #expect(try await link.next() == .opened)
        _ = try await server.nextRequest()
        try await link.call(1)
        #expect(try await server.nextRequest().body == SentMessages.call(1))
        try await link.call(2)
        #expect(try await server.nextRequest().body == SentMessages.call(2))
    }

    @Test("More messages than may wait are refused")
    func overload() async throws {
        let server = try await server { _, _ in }
        var settings = HTTPLinkSettings.forTests
        settings.maximumHeldMessages = 1
        let link = try await HTTPLinkHarness.sse(server.url("/sse"), settings: settings)
        #expect(try await link.next() == .opened)
        try await link.run { for id in 1...3 { $0.send(ByteBuffer(string: "x"), as: .request(id: Int64(id))) } }
        let failure = try await link.failure(of: 3)
        #expect(failure.code == .overloaded)
        #expect(failure.nothingSent)
    }

    @Test(
        "A refused POST fails its request, and the next message is sent",
        arguments: [("401 Unauthorized", UpstreamFailure.Code.unauthorized), ("500 X", .unexpectedHTTPAnswer)])
    func refusedPost(status: String, code: UpstreamFailure.Code) async throws {
        let server = try await server { _, connection in connection.send(HTTPAnswers.empty(status)) }
        let link = try await HTTPLinkHarness.sse(server.url("/sse"))
        #expect(try await link.next() == .opened)
        try await link.send("n", as: .notification)
        try await link.call(1)
        try await link.call(2)
        #expect(try await link.failure(of: 1).code == code)
        #expect(try await link.failure(of: 2).code == code)
    }

    @Test("A POST that breaks off fails its request")
    func brokenPost() async throws {
        let server = try await server { _, connection in connection.close() }
        let link = try await HTTPLinkHarness.sse(server.url("/sse"))
        #expect(try await link.next() == .opened)
        try await link.call(1)
        let failure = try await link.failure(of: 1)
        #expect(failure.code == .connectionLost)
        #expect(!failure.nothingSent)
    }

    @Test("A forgotten session is reported", arguments: ["404 Not Found", "410 Gone"])
    func lostSession(status: String) async throws {
        let server = try await server { _, connection in connection.send(HTTPAnswers.empty(status)) }
        let link = try await HTTPLinkHarness.sse(server.url("/sse"))
        #expect(try await link.next() == .opened)
        try await link.call(1)
        #expect(try await link.next() == .lostSession(1))
        try await link.send("n", as: .notification)
        #expect(try await link.next() == .lostSession(nil))
    }

    @Test("The end of the stream is the end of the link")
    func streamEnds() async throws {
        let streams = AwaitedLog<ScriptedConnection>()
        let server = try await server(streams)
        let link = try await HTTPLinkHarness.sse(server.url("/sse"))
        #expect(try await link.next() == .opened)
        try await streams.next().close()
        #expect(try await link.next() == .closed(UpstreamFailure(.connectionLost, "its event stream ended")))
        try await link.close()
        try await link.run { _ in }
        #expect(link.log.rest.isEmpty)
    }

    @Test(
        "A stream that is not one closes the link with what was answered",
        arguments: [
            (HTTPAnswers.empty("401 Unauthorized"), UpstreamFailure.Code.unauthorized),
            (HTTPAnswers.text("<p>", type: "text/html"), .unexpectedHTTPAnswer),
            (HTTPAnswers.empty("302 Found", headers: "Location: /x\r\n"), .unexpectedHTTPAnswer),
            (HTTPAnswers.events() + "data: " + String(repeating: "x", count: 2_000), .unreadable),
        ])
    func noStream(answer: String, code: UpstreamFailure.Code) async throws {
        let server = try await server(stream: answer)
        var settings = HTTPLinkSettings.forTests
        settings.maximumMessageBytes = 1_000
        let link = try await HTTPLinkHarness.sse(server.url("/sse"), settings: settings)
        #expect(try await link.closure().code == code)
    }

    @Test("A stream that names no endpoint in time closes the link")
    func endpointTimeout() async throws {
        let server = try await server(stream: HTTPAnswers.events() + ": hello\n\n")
        var settings = HTTPLinkSettings.forTests
        settings.endpointTimeout = .milliseconds(20)
        let link = try await HTTPLinkHarness.sse(server.url("/sse"), settings: settings)
        #expect(try await link.closure().code == .timedOut)
    }

    @Test("Closing the link closes the stream and reports that once", arguments: [true, false])
    func closes(opened: Bool) async throws {
        let server = try await server(stream: opened ? HTTPAnswers.events() + "event: endpoint\ndata: /m\n\n" : "")
        let link = try await HTTPLinkHarness.sse(server.url("/sse"))
        if opened { #expect(try await link.next() == .opened) }
        _ = try await server.nextRequest()
        try await link.close()
        #expect(try await link.next() == .closed(UpstreamFailure(.closed, "the connection was closed")))
        #expect(try await server.nextClosed() == 1)
        #expect(link.log.rest.isEmpty)
    }

    @Test("A server that cannot be reached closes the link")
    func unreachable() async throws {
        let link = try await HTTPLinkHarness.sse(HTTPURL("http://127.0.0.1:\(ScriptedServer.freePort())/"))
        #expect(try await link.closure().code == .notReachable)
    }
}
