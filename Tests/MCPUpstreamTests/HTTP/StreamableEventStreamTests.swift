import MCPCore
import NIOCore
import Synchronization
import Testing

@testable import MCPUpstream

/// Answers to POSTs that are event streams.
@Suite struct StreamableEventStreamTests {
    private let note = #"{"jsonrpc":"2.0","method":"notifications/progress"}"#

    @Test(
        "Every event is a message that belongs to the request, also after its answer", arguments: ["\n", "\r", "\r\n"])
    func events(end: String) async throws {
        let note = self.note
        let lines = [
            ":comment", "", "event: message", "data: \(note)", "", "data:\(HTTPAnswers.result(1))", "id: 7", "",
            "event: other",
            "data: ignored", "", "id: 8", "data:", "", "data: \(note)", "", "",
        ]
        let text = "\u{FEFF}" + lines.joined(separator: end) + end
        let server = try await ScriptedServer { _, connection in
            connection.dribble([HTTPAnswers.events()] + text.map { String($0) })
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        #expect(try await link.next() == .received(note, relatedTo: 1))
        #expect(try await link.next() == .received(HTTPAnswers.result(1), relatedTo: 1))
        #expect(try await link.next() == .received(note, relatedTo: 1))
    }

    @Test("The end of the stream after the answer ends the exchange, and the connection is used again")
    func endsAfterAnswer() async throws {
        let server = try await ScriptedServer { request, connection in
            if request.body == SentMessages.call(2) { return connection.send(HTTPAnswers.json(HTTPAnswers.result(2))) }
            connection.send(HTTPAnswers.chunkedEvents + HTTPAnswers.chunk("id: 1\ndata: \(HTTPAnswers.result(1))\n\n"))
            connection.send(HTTPAnswers.lastChunk)
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        #expect(try await link.next() == .received(HTTPAnswers.result(1), relatedTo: 1))
        #expect(try await server.nextRequest().connection == 1)
        try await link.call(2)
        #expect(try await link.next() == .received(HTTPAnswers.result(2), relatedTo: 2))
        #expect(try await server.nextRequest().method == "POST")
        #expect(link.log.rest.isEmpty)
    }

    @Test("A stream that ends before the answer is a lost connection, without identifiers")
    func endsTooEarly() async throws {
        let note = self.note
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.events() + "data: \(note)\n\ndata: \(HTTPAnswers.result(1))\n")
            connection.close()
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        #expect(try await link.next() == .received(note, relatedTo: 1))
        #expect(try await link.failure(of: 1).code == .connectionLost)
    }

    @Test("A stream with identifiers is taken up again after the last one, as often as it brings something new")
    func resumes() async throws {
        let server = try await ScriptedServer { request, connection in
            switch request.header("Last-Event-ID") {
            case nil where request.method == "POST":
                connection.send(
                    HTTPAnswers.chunkedEvents + HTTPAnswers.chunk("id: 0\nretry: 5\ndata:\n\n") + HTTPAnswers.lastChunk)
            case "9"?: connection.send(HTTPAnswers.events() + "data: \(HTTPAnswers.result(1))\n\n")
            case let id?:
                connection.send(HTTPAnswers.events() + "id: \((Int(id) ?? 0) + 1)\ndata:\n\ndata: half")
                connection.close()
            default: connection.close()
            }
        }
        let link = try await HTTPLinkHarness.streamable(
            server.url(), headers: [(name: "Authorization", value: "Bearer x")])
        try await link.run { $0.handshakeCompleted(.november2025) }
        try await link.call(1)
        #expect(try await link.next() == .received(HTTPAnswers.result(1), relatedTo: 1))
        #expect(try await server.nextRequest().method == "POST")
        for id in 0...9 {
            let request = try await server.nextRequest()
            #expect(request.method == "GET")
            #expect(request.header("Accept") == "text/event-stream")
            #expect(request.header("Authorization") == "Bearer x")
            #expect(request.header("MCP-Protocol-Version") == "2025-11-25")
            #expect(request.header("Last-Event-ID") == String(id))
            #expect(request.body.isEmpty)
        }
    }

    @Test("A stream that brings nothing new is taken up so many times and no more", arguments: [503, 200, 0])
    func givesUp(status: Int) async throws {
        let server = try await ScriptedServer { request, connection in
            if request.method == "POST" {
                connection.send(HTTPAnswers.events() + "id: 1\ndata:\n\n")
            } else if status != 0 {
                connection.send(status == 200 ? HTTPAnswers.events() : HTTPAnswers.empty("503 Service Unavailable"))
            }
            connection.close()
        }
        var settings = HTTPLinkSettings.forTests
        settings.streamRetryAttempts = 3
        let link = try await HTTPLinkHarness.streamable(server.url(), settings: settings)
        try await link.call(1)
        let failure = try await link.failure(of: 1)
        #expect(failure.code == .connectionLost)
        #expect(failure.detail.contains("3 attempts"))
        #expect(!failure.nothingSent)
        for _ in 1...4 { _ = try await server.nextRequest() }
        #expect(server.log.rest.allSatisfy { if case .request = $0 { false } else { true } })
    }

    @Test("A server that does not take streams up again is not asked twice")
    func refusesResumption() async throws {
        let server = try await ScriptedServer { request, connection in
            if request.method == "GET" { return connection.send(HTTPAnswers.empty("405 Method Not Allowed")) }
            connection.send(HTTPAnswers.events() + "id: 1\ndata:\n\n")
            connection.close()
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        let failure = try await link.failure(of: 1)
        #expect(failure.code == .connectionLost)
        #expect(failure.detail.contains("405"))
    }

    @Test("A session forgotten while a stream is taken up again does not make its request one that was never read")
    func lostSessionWhileResuming() async throws {
        let server = try await ScriptedServer { request, connection in
            if request.method == "GET" { return connection.send(HTTPAnswers.empty("404 Not Found")) }
            connection.send(HTTPAnswers.events(headers: "Mcp-Session-Id: s\r\n") + "id: 1\nretry: 1\ndata:\n\n")
            connection.close()
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        #expect(try await link.failure(of: 1).code == .connectionLost)
        #expect(try await link.next() == .lostSession(nil))
    }

    @Test("An identifier that cannot be a header field cannot be used to take a stream up again")
    func uselessIdentifier() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.events() + "id: a\u{1}b\ndata:\n\n")
            connection.close()
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        #expect(try await link.failure(of: 1).code == .connectionLost)
    }

    @Test("An abandoned request is not taken up again")
    func abandonedWhilePausing() async throws {
        let pause = TimeAmount.seconds(1)
        let streamsTakenUp = Mutex(0)
        let server = try await ScriptedServer { request, connection in
            if request.method == "GET" { return streamsTakenUp.withLock { $0 += 1 } }
            guard request.body == SentMessages.call(1) else {
                return connection.send(HTTPAnswers.json(HTTPAnswers.result(2)))
            }
            connection.send(HTTPAnswers.events() + "retry: \(pause.nanoseconds / 1_000_000)\nid: 1\ndata: x\n\n")
            connection.close()
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await link.call(1)
        _ = try await link.next()
        try await link.run { $0.abandon(1) }
        let before = streamsTakenUp.withLock { $0 }
        // The loop keeps the order of what it is to do: after this, the stream would have been taken up.
        try await link.eventLoop.scheduleTask(in: pause) {}.futureResult.get()
        try await link.call(2)
        #expect(try await link.next() == .received(HTTPAnswers.result(2), relatedTo: 2))
        #expect(link.log.rest.isEmpty)
        #expect(streamsTakenUp.withLock { $0 } == before)
    }

    @Test(
        "A message that is longer than allowed fails its request and closes the connection",
        arguments: [
            HTTPAnswers.json(String(repeating: "x", count: 1_001)),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                + HTTPAnswers.chunk(String(repeating: "x", count: 600))
                + HTTPAnswers.chunk(String(repeating: "x", count: 600)),
            HTTPAnswers.events() + "id: 1\n\ndata: " + String(repeating: "x", count: 1_001) + "\n\n",
            HTTPAnswers.events() + "data: " + String(repeating: "x", count: 2_000),
        ])
    func tooLong(answer: String) async throws {
        let server = try await ScriptedServer { _, connection in connection.send(answer) }
        var settings = HTTPLinkSettings.forTests
        settings.maximumMessageBytes = 1_000
        let link = try await HTTPLinkHarness.streamable(server.url(), settings: settings)
        try await link.call(1)
        let failure = try await link.failure(of: 1)
        #expect(failure.code == .unreadable)
        #expect(failure.detail.contains("1000 bytes"))
        #expect(try await server.nextClosed() == 1)
    }

    @Test(
        "A message that is as long as allowed passes",
        arguments: [
            HTTPAnswers.json(String(repeating: "x", count: 1_000)),
            HTTPAnswers.events() + "data: " + String(repeating: "x", count: 1_000) + "\n\n",
        ])
    func atLimit(answer: String) async throws {
        let server = try await ScriptedServer { _, connection in connection.send(answer) }
        var settings = HTTPLinkSettings.forTests
        settings.maximumMessageBytes = 1_000
        let link = try await HTTPLinkHarness.streamable(server.url(), settings: settings)
        try await link.call(1)
        #expect(try await link.next() == .received(String(repeating: "x", count: 1_000), relatedTo: 1))
    }

    @Test("A message of 64 MiB arrives whole", arguments: [false, true])
    func large(asEvent: Bool) async throws {
        let server = try await ScriptedServer { _, connection in
            let count = (64 << 20) - 2
            let type = asEvent ? "text/event-stream" : "application/json"
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nContent-Length: \(count + 10)\r\n\r\n")
            connection.send(asEvent ? "data: \"" : "       \"")
            connection.send(ByteBuffer(repeating: 0x78, count: count))
            connection.send(asEvent ? "\"\n\n" : "\"  ")
        }
        var settings = HTTPLinkSettings.forTests
        settings.maximumMessageBytes = 65 << 20
        let link = try await HTTPLinkHarness.streamable(server.url(), settings: settings)
        try await link.call(1)
        guard case .received(let message, 1) = try await link.next() else { return #expect(Bool(false)) }
        #expect(message.utf8.count >= 64 << 20)
    }
}
