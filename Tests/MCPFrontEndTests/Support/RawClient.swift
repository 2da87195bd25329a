import MCPTestSupport
import NIOCore
import NIOPosix

/// A client that sends exactly the bytes it is given, and shows what comes back.
final class RawClient {
    private enum Event: Sendable {
        case bytes(ByteBuffer)
        case closed
    }

    /// One HTTP response, with its body by Content-Length or in chunks.
    struct Response: Sendable {
        let status: Int
        let headers: [(name: String, value: String)]
        let body: String

        subscript(name: String) -> String? {
            headers.first { $0.name == name.lowercased() }?.value
        }
    }

    struct ConnectionEnded: Error {}
    struct Unreadable: Error { let text: String }

    private let channel: any Channel
    private let events: EventQueue<Event>
    private var received = ByteBuffer()
    private var isClosed = false

    /// - Parameter isReading: Whether it reads what comes; otherwise that stays in the socket.
    init(port: Int, isReading: Bool = true) async throws {
        let events = EventQueue<Event>()
        self.events = events
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: isReading)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(events: events))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let events: EventQueue<Event>

        init(events: EventQueue<Event>) {
            self.events = events
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { events.add(.bytes(unwrapInboundIn(data))) }
        func channelInactive(context: ChannelHandlerContext) { events.add(.closed) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        // A server that has closed already is seen when reading.
        try? await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    func close() async throws {
        // It may have been closed by the server.
        try? await channel.close()
    }

    /// Sends nothing more, and goes on reading.
    func endSending() async throws {
        // A server that has closed already is seen when reading.
        try? await channel.close(mode: .output)
    }

    private func more() async throws {
        guard !isClosed else { throw ConnectionEnded() }
        switch try await events.next() {
        case .bytes(var bytes): received.writeBuffer(&bytes)
        case .closed: isClosed = true
        }
    }

    /// Everything until the server closes the connection.
    func untilClosed() async throws -> String {
        while !isClosed { try await more() }
        return String(buffer: received)
    }

    /// What comes until this text, which is included.
    func until(_ text: String) async throws -> String {
        while true {
            let all = String(buffer: received)
            if let range = all.firstRange(of: text) {
                let found = String(all[..<range.upperBound])
                received.moveReaderIndex(forwardBy: found.utf8.count)
                return found
            }
            try await more()
        }
    }

    /// The next response.
    ///
    /// - Parameter hasBody: False for the response to HEAD.
    func response(hasBody: Bool = true) async throws -> Response {
        let head = try await until("\r\n\r\n")
        var lines = head.components(separatedBy: "\r\n")
        guard let status = lines.first.flatMap({ Int($0.dropFirst(9).prefix(3)) }) else { throw Unreadable(text: head) }
        lines.removeFirst()
        let headers = lines.filter { !$0.isEmpty }.map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (name: parts[0].lowercased(), value: parts.count > 1 ? String(parts[1].dropFirst()) : "")
        }
        let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        guard hasBody else { return Response(status: status, headers: headers, body: "") }
        while received.readableBytes < length { try await more() }
        return Response(status: status, headers: headers, body: received.readString(length: length) ?? "")
    }

    /// The statuses of everything that comes until the server closes the connection.
    func statusesUntilClosed() async throws -> [Int] {
        try await untilClosed().components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
