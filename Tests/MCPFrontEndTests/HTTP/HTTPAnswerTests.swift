import MCPCore
import MCPTestSupport
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import MCPFrontEnd

/// How answers look on the wire.
@Suite(.timeLimit(.minutes(2))) struct HTTPAnswerTests {
    @Test("An answer is the same whether it is small or large", arguments: [0, 1, 16 << 10, (16 << 10) + 1, 1 << 20])
    func sizes(length: Int) async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        let body = String(repeating: "x", count: length)
        for _ in 0..<2 {
            try await client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(length)\r\n\r\n" + body)
            let response = try await client.response()
            #expect(response.status == 200 && response["content-type"] == "application/json")
            #expect(response.body == body)
        }
    }

    @Test("A client of HTTP/1.0 gets a stream without chunks, and its connection is closed after an answer")
    func oldRevision() async throws {
        let harness = try await ListenerHarness()
        let streaming = try await harness.client()
        try await streaming.send("GET /stream HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n")
        let head = try await streaming.until("\r\n\r\n").lowercased()
        #expect(head.contains("connection: close\r\n") && !head.contains("transfer-encoding"))
        #expect(try await streaming.until("\n\n") == "data: 1\n\n")
        let client = try await harness.client()
        try await client.send("POST / HTTP/1.0\r\nHost: localhost\r\nContent-Length: 1\r\n\r\na")
        #expect(try await client.untilClosed().hasSuffix("\r\n\r\na"))
    }

    @Test("What is written to a stream comes in chunks, the large one as well as the small one")
    func chunks() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try await client.until("\r\n\r\n").lowercased().contains("transfer-encoding: chunked\r\n"))
        #expect(try await client.until("\n\n\r\n") == "9\r\ndata: 1\n\n\r\n")
        harness.write(String(repeating: "y", count: 20_000))
        #expect(try await client.until("\r\n") == "4e28\r\n")
        #expect(try await client.until("\r\n") == "data: " + String(repeating: "y", count: 20_000) + "\n\n\r\n")
    }

    @Test("The data of a large event goes out as it is, between what stands before and after it")
    func notCopied() throws {
        let listener = HTTPListener(limits: HTTPLimits(), logger: .silent)
        let connection = ClientSocket(limits: HTTPLimits(), listener: listener, handler: ListenerHarness.handler())
        let channel = EmbeddedChannel(handler: connection)
        connection.beginStream(.ok, [])
        let data = ByteBuffer(string: String(repeating: "x", count: 1 << 20))
        connection.write(ServerSentEvent(data: data, id: "1-2"))
        channel.embeddedEventLoop.run()
        var written: [ByteBuffer] = []
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { written.append(bytes) }
        try #require(written.count == 4)
        #expect(String(buffer: written[1]) == "100010\r\nid: 1-2\ndata: ")
        #expect(written[2] == data && written[2].storageCapacity == data.storageCapacity)
        #expect(String(buffer: written[3]) == "\n\n\r\n")
    }

    // MARK: What clients leave unread

    @Test("When clients leave too much unread, whoever has waited longest is closed, and one answer always fits")
    func unread() {
        let unread = UnreadAnswers(maximumBytes: 100)
        let recorders = (0..<3).map { _ in GivenUpRecorder() }
        let channels = recorders.map { EmbeddedChannel(handler: $0) }
        unread.note(150, for: channels[0])
        #expect(unread.total == 150 && recorders.map(\.isGivenUp) == [false, false, false])
        unread.note(60, for: channels[1])
        #expect(unread.total == 60 && recorders.map(\.isGivenUp) == [true, false, false])
        unread.note(30, for: channels[2])
        #expect(unread.total == 90)
        unread.note(70, for: channels[2])
        #expect(unread.total == 70 && recorders.map(\.isGivenUp) == [true, true, false])
        unread.forget(channels[2])
        #expect(unread.total == 0)
    }

    /// Only used on the thread of its test.
    private final class GivenUpRecorder: ChannelInboundHandler, @unchecked Sendable {
        typealias InboundIn = Never
        private(set) var isGivenUp = false

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event is UnreadAnswers.GivenUp { isGivenUp = true }
        }
    }

    @Test("Answers that nobody reads are held up to one bound, and those of clients that read are whole")
    func unreadOverLoopback() async throws {
        let harness = try await ListenerHarness {
            $0.maximumBodyBytes = 16 << 20
            $0.maximumBufferedBytes = 24 << 20
            $0.writeTimeout = .seconds(600)
        }
        let body = String(repeating: "x", count: 12 << 20)
        let post = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        var idle: [RawClient] = []
        for number in 1...4 {
            let client = try await harness.client(reading: false)
            try await client.send(post + body)
            try await harness.waitForRequests(number)
            idle.append(client)
        }
        let reader = try await harness.client()
        try await reader.send(post + body)
        #expect(try await reader.response().body.utf8.count == body.utf8.count)
        #expect(harness.listener.unread.total <= 24 << 20)
        for client in idle { try await client.close() }
    }

    // MARK: The end of the proxy

    @Test("A stream that ends because the proxy does says when to come back, and another one does not")
    func retry() async throws {
        for isDraining in [true, false] {
            let harness = try await ListenerHarness()
            let client = try await harness.client()
            try await client.send("GET /stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            _ = try await client.until("data: 1\n\n")
            if isDraining { harness.listener.beginDraining() }
            harness.endStreams()
            #expect(try await client.untilClosed().contains("retry: 5000\n\n") == isDraining)
        }
    }
}
