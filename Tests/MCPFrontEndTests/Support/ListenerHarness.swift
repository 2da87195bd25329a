import MCPTestSupport
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

@testable import MCPFrontEnd

/// A listener on loopback whose requests a test answers.
final class ListenerHarness: Sendable {
    let listener: HTTPListener
    private let handler: Handler
    let port: Int

    init(_ configure: (inout HTTPLimits) -> Void = { _ in }) async throws {
        var limits = HTTPLimits()
        // Tests of time limits set their own; all others must not meet one on a busy machine.
        limits.headerTimeout = .seconds(60)
        configure(&limits)
        listener = HTTPListener(limits: limits, logger: .silent)
        handler = Handler()
        try await listener.bind(
            host: "127.0.0.1", port: 0, eventLoops: MultiThreadedEventLoopGroup.singleton, handler: handler)
        port = listener.port ?? 0
    }

    deinit {
        listener.close()
    }

    /// What reached the handler: method, target and body of each request.
    var requests: [String] { handler.seen.withLock { $0 } }

    /// Comes when a client went away before its answer was complete.
    var departures: EventQueue<String> { handler.departures }

    func client() async throws -> RawClient {
        try await RawClient(port: port)
    }

    /// Answers the requests to /held, which wait for this.
    func release() {
        for responder in handler.held.withLock({ held in
            defer { held = [] }
            return held
        }) {
            responder.run { $0.respond(.ok, json: ByteBuffer(string: "held")) }
        }
    }

    /// Writes to every open stream.
    func write(_ text: String) {
        for responder in handler.streams.withLock({ $0 }) { responder.run { $0.write(ByteBuffer(string: text)) } }
    }

    /// Waits until that many requests are held.
    func waitForHeld(_ count: Int) async throws {
        while handler.held.withLock({ $0.count }) < count { _ = try await handler.arrivals.next() }
    }

    private final class Handler: HTTPRequestHandler {
        let seen = Mutex<[String]>([])
        let held = Mutex<[HTTPResponder]>([])
        let streams = Mutex<[HTTPResponder]>([])
        let arrivals = EventQueue<String>()
        let departures = EventQueue<String>()

        func headers(for request: HTTPRequest) -> [(String, String)] { [] }

        func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
            let line = "\(request.method) \(request.head.uri) \(request.body.readableBytes)"
            seen.withLock { $0.append(line) }
            switch request.head.uri {
            case "/held":
                held.withLock { $0.append(responder) }
                responder.clientLeft = { [departures] in departures.add("/held") }
                arrivals.add(line)
            case "/stream":
                streams.withLock { $0.append(responder) }
                responder.beginEventStream()
                responder.clientLeft = { [departures] in departures.add("/stream") }
                responder.write(ByteBuffer(string: "data: 1\n\n"))
            case "/nothing": responder.respond(.noContent)
            case "/accepted": responder.respond(.accepted)
            default: responder.respond(.ok, json: request.body)
            }
        }
    }
}
