import Addresses
import MCPUpstream
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A request as it came over the wire.
struct ScriptedRequest: Sendable {
    /// Which connection, counted from 1.
    let connection: Int
    let method: String
    let target: String
    let headers: [(name: String, value: String)]
    let body: String
    /// In how many reads the request came.
    let reads: Int

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// An HTTP/1.1 server on loopback that does exactly what a test's script says, protocol violations included.
final class ScriptedServer: Sendable {
    typealias Script = @Sendable (ScriptedRequest, ScriptedConnection) -> Void

    enum Event: Sendable {
        case opened(Int)
        case request(ScriptedRequest)
        /// More was written to this connection than its client has read.
        case stalled(Int)
        case closed(Int)
    }

    let log = AwaitedLog<Event>()
    private let channel: any Channel
    let port: Int
    private let scheme: String

    /// - Parameter script: Called with each request, on the connection's event loop.
    init(
        certificate: TestCertificate? = nil,
        onOpen: (@Sendable (ScriptedConnection) -> Void)? = nil,
        script: @escaping Script
    ) async throws {
        let log = self.log
        let context = try certificate?.serverContext()
        let counter = Mutex(0)
        let shared = Shared(counter: counter)
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let number = shared.next()
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        ScriptedHandler(number: number, log: log, onOpen: onOpen, script: script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
        scheme = certificate == nil ? "http" : "https"
    }

    private final class Shared: Sendable {
        let counter: Mutex<Int>
        init(counter: consuming Mutex<Int>) { self.counter = counter }
        func next() -> Int {
            counter.withLock {
                $0 += 1
                return $0
            }
        }
    }

    func url(_ target: String = "/mcp", host: String = "127.0.0.1") throws -> HTTPURL {
        try HTTPURL("\(scheme)://\(host):\(port)\(target)")
    }

    /// The next request, skipping other events.
    func nextRequest() async throws -> ScriptedRequest {
        while true {
            if case .request(let request) = try await log.next() { return request }
        }
    }

    func nextClosed() async throws -> Int {
        while true {
            if case .closed(let number) = try await log.next() { return number }
        }
    }

    /// How many connections have come. Makes one more to find out, which comes behind all others.
    func connectionsSoFar() async throws -> Int {
        let harness = try await ExchangeHarness(HTTPURL("http://127.0.0.1:\(port)/"))
        _ = try await harness.send(.GET, "/last")
        while true {
            let request = try await nextRequest()
            if request.target == "/last" { return request.connection - 1 }
        }
    }

    /// Stops accepting; connections that are open stay so.
    func stop() async throws {
        try await channel.close()
    }

    /// A port on which nobody listens.
    static func freePort() async throws -> Int {
        // A socket that is bound and does not listen, and is never closed: so nobody else is given the port.
        let descriptor = socket(AF_INET, streamSocket, 0)
        // 127.0.0.1 as the system wants it, byte by byte: which module `sockaddr_in` is of differs from one build to the next.
        var address: [UInt8] = firstBytes + [0, 0, 127, 0, 0, 1] + Array(repeating: 0, count: 8)
        var length = socklen_t(address.count)
        let isBound = unsafe address.withUnsafeMutableBytes { bytes in
            let place = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return unsafe bind(descriptor, place, length) == 0 && getsockname(descriptor, place, &length) == 0
        }
        try #require(isBound)
        return Int(address[2]) << 8 | Int(address[3])
    }

    #if canImport(Glibc)
        private static let streamSocket = CInt(SOCK_STREAM.rawValue)
        private static let firstBytes = [UInt8(AF_INET), 0]
    #else
        private static let streamSocket = SOCK_STREAM
        private static let firstBytes = [16, UInt8(AF_INET)]
    #endif
}

/// The server's side of one connection.
struct ScriptedConnection: Sendable {
    let number: Int
    let channel: any Channel

    func send(_ text: String) {
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    func send(_ bytes: ByteBuffer) {
        channel.writeAndFlush(bytes, promise: nil)
    }

    /// Sends each part in a packet of its own, one after the other.
    func dribble(_ parts: [String]) {
        guard let first = parts.first else { return }
        channel.writeAndFlush(ByteBuffer(string: first)).whenSuccess {
            channel.eventLoop.execute { dribble(Array(parts.dropFirst())) }
        }
    }

    func close() {
        channel.close(promise: nil)
    }
}

private final class ScriptedHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let number: Int
    private let log: AwaitedLog<ScriptedServer.Event>
    private let onOpen: (@Sendable (ScriptedConnection) -> Void)?
    private let script: ScriptedServer.Script
    private var pending = ""
    private var reads = 0

    init(
        number: Int,
        log: AwaitedLog<ScriptedServer.Event>,
        onOpen: (@Sendable (ScriptedConnection) -> Void)?,
        script: @escaping ScriptedServer.Script
    ) {
        self.number = number
        self.log = log
        self.onOpen = onOpen
        self.script = script
    }

    func channelActive(context: ChannelHandlerContext) {
        log.add(.opened(number))
        onOpen?(ScriptedConnection(number: number, channel: context.channel))
    }

    func channelInactive(context: ChannelHandlerContext) {
        log.add(.closed(number))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if !context.channel.isWritable { log.add(.stalled(number)) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        pending += String(buffer: unwrapInboundIn(data))
        reads += 1
        while let request = nextRequest() {
            log.add(.request(request))
            script(request, ScriptedConnection(number: number, channel: context.channel))
        }
    }

    private func nextRequest() -> ScriptedRequest? {
        let bytes = Array(pending.utf8)
        let mark = Array("\r\n\r\n".utf8)
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let headers = lines.dropFirst().map { line -> (name: String, value: String) in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (String(parts[0]), String(parts.last?.drop { $0 == " " } ?? ""))
        }
        let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        guard bytes.count >= end + 4 + length else { return nil }
        pending = String(decoding: bytes[(end + 4 + length)...], as: UTF8.self)
        defer { reads = 0 }
        let words = lines[0].split(separator: " ")
        return ScriptedRequest(
            connection: number, method: String(words[0]), target: String(words[1]), headers: headers,
            body: String(decoding: bytes[(end + 4)..<(end + 4 + length)], as: UTF8.self), reads: reads)
    }
}
