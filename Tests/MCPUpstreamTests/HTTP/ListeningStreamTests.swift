import MCPCore
import NIOCore
import Testing

@testable import MCPUpstream

@Suite struct ListeningStreamTests {
    private static let note = #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#

    /// A server with a session, whose GETs are answered by the script.
    private func server(_ get: @escaping ScriptedServer.Script) async throws -> ScriptedServer {
        try await ScriptedServer { request, connection in
            switch request.method {
            case "GET": get(request, connection)
            case "POST" where request.header("Mcp-Session-Id") == nil:
                connection.send(HTTPAnswers.json(HTTPAnswers.result(1), headers: "Mcp-Session-Id: s\r\n"))
            default: connection.send(HTTPAnswers.empty())
            }
        }
    }

    private func openLink(_ server: ScriptedServer, listening: Bool = true) async throws -> HTTPLinkHarness {
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.send(SentMessages.initialize, as: .request(id: 1))
        _ = try await link.next()
        try await link.run {
            $0.handshakeCompleted(.june2025)
            if listening { ($0 as? any ListeningLink)?.openListeningStream() }
            $0.send(ByteBuffer(string: SentMessages.initialized), as: .notification)
        }
        return link
    }

    private func nextGet(_ server: ScriptedServer) async throws -> ScriptedRequest {
        while true {
            let request = try await server.nextRequest()
            if request.method == "GET" { return request }
        }
    }

    @Test("What the server says unasked is heard, once the handshake is complete")
    func hears() async throws {
        let server = try await server { _, connection in
            connection.send(HTTPAnswers.events() + "data: \(Self.note)\n\n")
        }
        let link = try await openLink(server)
        #expect(try await link.next() == .received(Self.note, relatedTo: nil))
        #expect(try await server.nextRequest().body == SentMessages.initialize)
        #expect(try await server.nextRequest().body == SentMessages.initialized)
        let request = try await server.nextRequest()
        #expect(request.method == "GET")
        #expect(request.header("Accept") == "text/event-stream")
        #expect(request.header("Mcp-Session-Id") == "s")
        #expect(request.header("MCP-Protocol-Version") == "2025-06-18")
        #expect(request.header("Last-Event-ID") == nil)
    }

    @Test("A stream that ends is opened again after its last event")
    func reconnects() async throws {
        let server = try await server { request, connection in
            let id = (Int(request.header("Last-Event-ID") ?? "0") ?? 0) + 1
            connection.send(HTTPAnswers.events() + "id: \(id)\nretry: 1\ndata: \(Self.note)\n\n")
            connection.close()
        }
        let link = try await openLink(server)
        for id in 0...4 {
            #expect(try await link.next() == .received(Self.note, relatedTo: nil))
            #expect(try await nextGet(server).header("Last-Event-ID") == (id == 0 ? nil : String(id)))
        }
    }

    @Test("A stream that breaks or is refused for now is tried for as long as it is wanted", arguments: [0, 429, 503])
    func persists(status: Int) async throws {
        let server = try await server { _, connection in
            if status == 0 { connection.close() } else { connection.send(HTTPAnswers.empty("\(status) X")) }
        }
        let link = try await openLink(server)
        for _ in 1...8 { _ = try await nextGet(server) }
        try await link.run { ($0 as? any ListeningLink)?.closeListeningStream() }
    }

    @Test("A server that has no such stream is asked once", arguments: [400, 404, 405, 406, 401])
    func notOffered(status: Int) async throws {
        // Without a length the answer is not read to its end, which shows that it has been understood.
        let server = try await server { _, connection in connection.send("HTTP/1.1 \(status) X\r\n\r\n") }
        let link = try await openLink(server)
        let number = try await nextGet(server).connection
        #expect(try await server.nextClosed() == number)
        try await link.run {
            ($0 as? any ListeningLink)?.closeListeningStream()
            ($0 as? any ListeningLink)?.openListeningStream()
        }
        try await link.send("{}", as: .response)
        #expect(try await server.nextRequest().body == "{}")
        #expect(link.log.rest.isEmpty)
    }

    @Test("The connection of a short refusal is used again")
    func keepsConnection() async throws {
        let server = try await server { _, connection in connection.send(HTTPAnswers.empty("405 Method Not Allowed")) }
        let link = try await openLink(server)
        let number = try await nextGet(server).connection
        _ = try await link.lines.first { $0.hasPrefix("server has no listening stream") }
        try await link.send("{}", as: .response)
        #expect(try await server.nextRequest().connection == number)
    }

    @Test("A forgotten session shows on a stream that had been open")
    func lostSession() async throws {
        let server = try await server { request, connection in
            if request.header("Last-Event-ID") != nil { return connection.send(HTTPAnswers.empty("404 Not Found")) }
            connection.send(HTTPAnswers.events() + "id: 1\nretry: 1\ndata:\n\n")
            connection.close()
        }
        let link = try await openLink(server)
        #expect(try await link.next() == .lostSession(nil))
    }

    private static let words =
        #"{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Invalid session"}}"#

    @Test(
        "A forgotten session shows in the server's words, once it was good for something",
        arguments: [
            HTTPAnswers.text(
                "Invalid or missing session ID", type: "text/plain", status: "400 Bad Request"),
            HTTPAnswers.json(words, status: "410 Gone"), HTTPAnswers.json(words, status: "422 X"),
            HTTPAnswers.json(words),
        ])
    func lostSessionInWords(answer: String) async throws {
        let server = try await ScriptedServer { request, connection in
            if request.method == "GET" { return connection.send(answer) }
            let isCall = request.body.contains("tools/call")
            connection.send(
                request.header("Mcp-Session-Id") == nil
                    ? HTTPAnswers.json(HTTPAnswers.result(1), headers: "Mcp-Session-Id: s\r\n")
                    : isCall ? HTTPAnswers.json(HTTPAnswers.result(2)) : HTTPAnswers.empty())
        }
        let link = try await openLink(server, listening: false)
        try await link.call(2)
        #expect(try await link.next() == .received(HTTPAnswers.result(2), relatedTo: 2))
        try await link.run { ($0 as? any ListeningLink)?.openListeningStream() }
        #expect(try await link.next() == .lostSession(nil))
        #expect(
            try await link.lines.next().lowercased().contains("session id")
                || answer.contains("Invalid session"))
    }

    @Test(
        "Words about the session before anything was asked in it are what the server says to everybody")
    func refusedInWords() async throws {
        let server = try await server { _, connection in
            connection.send(
                HTTPAnswers.text("no session here", type: "text/plain", status: "400 Bad Request"))
        }
        let link = try await openLink(server)
        #expect(try await link.lines.first { $0.contains("no listening stream") }.contains("400"))
        #expect(link.log.rest.isEmpty)
    }

    // MARK: Before the calls

    @Test(
        "Calls are posted once the stream has begun, those that were held back as well as those that come meanwhile"
    )
    func beforeCalls() async throws {
        let held = AwaitedLog<ScriptedConnection>()
        let server = try await server { _, connection in held.add(connection) }
        let link = try await openLink(server)
        try await link.call(2)
        let connection = try await held.next()
        try await link.call(3)
        try await link.send("{}", as: .response)
        for body in [SentMessages.initialize, SentMessages.initialized, "", "{}"] {
            #expect(try await server.nextRequest().body == body)
        }
        connection.send(HTTPAnswers.events())
        let late = Set([try await server.nextRequest().body, try await server.nextRequest().body])
        #expect(late == [SentMessages.call(2), SentMessages.call(3)])
    }

    @Test("A stream that is asked for later comes before the calls after it")
    func beforeLaterCalls() async throws {
        let held = AwaitedLog<ScriptedConnection>()
        let server = try await server { _, connection in held.add(connection) }
        let link = try await openLink(server, listening: false)
        try await link.call(2)
        for body in [SentMessages.initialize, SentMessages.initialized, SentMessages.call(2)] {
            #expect(try await server.nextRequest().body == body)
        }
        try await link.run { ($0 as? any ListeningLink)?.openListeningStream() }
        try await link.call(3)
        let connection = try await held.next()
        try await link.send("{}", as: .response)
        for body in ["", "{}"] { #expect(try await server.nextRequest().body == body) }
        connection.send(HTTPAnswers.events())
        #expect(try await server.nextRequest().body == SentMessages.call(3))
    }

    @Test(
        "No call waits for ever for the stream",
        arguments: [
            "", "cut", "HTTP/1.1 405 X\r\n\r\n", HTTPAnswers.empty("503 X"), HTTPAnswers.json("{}"),
        ])
    func callsGoOn(answer: String) async throws {
        let server = try await server { _, connection in
            switch answer {
            case "": break
            case "cut": connection.close()
            default: connection.send(answer)
            }
        }
        var settings = HTTPLinkSettings.forTests
        // Only a stream that never begins is waited for that long.
        settings.listeningTimeout = answer == "" ? .milliseconds(20) : .seconds(60)
        let link = try await HTTPLinkHarness.streamable(server.url(), settings: settings)
        try await link.run {
            ($0 as? any ListeningLink)?.openListeningStream()
            $0.send(ByteBuffer(string: SentMessages.initialized), as: .notification)
        }
        try await link.call(2)
        while try await server.nextRequest().body != SentMessages.call(2) {}
    }

    @Test("Whoever stops listening does not wait for the stream")
    func stopsWaiting() async throws {
        let server = try await server { _, _ in }
        let link = try await openLink(server)
        _ = try await nextGet(server)
        try await link.call(2)
        try await link.run { ($0 as? any ListeningLink)?.closeListeningStream() }
        while try await server.nextRequest().body != SentMessages.call(2) {}
    }

    @Test("A stream that is not wanted any more is closed")
    func stops() async throws {
        let server = try await server { _, connection in
            connection.send(HTTPAnswers.events() + "data: \(Self.note)\n\n")
        }
        let link = try await openLink(server)
        _ = try await link.next()
        let number = try await nextGet(server).connection
        try await link.run { ($0 as? any ListeningLink)?.closeListeningStream() }
        while try await server.nextClosed() != number {}
    }

    @Test("Nobody listens who was not asked to")
    func notWanted() async throws {
        let server = try await server { _, connection in connection.send(HTTPAnswers.events()) }
        let link = try await openLink(server, listening: false)
        _ = try await server.nextRequest()
        _ = try await server.nextRequest()
        try await link.close()
        #expect(try await server.nextRequest().method == "DELETE")
    }

    @Test("An event that is too long costs the stream, not the link")
    func tooLong() async throws {
        let server = try await server { request, connection in
            let isFirst = request.header("Last-Event-ID") == nil
            let data = isFirst ? String(repeating: "x", count: 2_000) : Self.note
            connection.send(HTTPAnswers.events() + "id: 1\ndata:\n\ndata: \(data)\n\n")
        }
        var settings = HTTPLinkSettings.forTests
        settings.maximumMessageBytes = 1_000
        let link = try await HTTPLinkHarness.streamable(server.url(), settings: settings)
        try await link.run {
            ($0 as? any ListeningLink)?.openListeningStream()
            $0.send(ByteBuffer(string: SentMessages.initialized), as: .notification)
        }
        #expect(try await link.next() == .received(Self.note, relatedTo: nil))
    }
}
