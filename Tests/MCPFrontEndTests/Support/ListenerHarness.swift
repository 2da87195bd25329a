import MCPCore
import MCPGateway
import MCPTestSupport
import MCPUpstream
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

    /// - Parameter visitor: Whoever comes.
    init(visitor: Principal = .token(number: 0), _ configure: (inout HTTPLimits) -> Void = { _ in }) async throws {
        var limits = HTTPLimits()
        // Tests of time limits set their own; all others must not meet one on a busy machine.
        limits.headerTimeout = .seconds(60)
        configure(&limits)
        listener = HTTPListener(limits: limits, logger: .silent)
        handler = Handler(limits, visitor)
        try await listener.bind(
            .port(0, host: "127.0.0.1"), eventLoops: MultiThreadedEventLoopGroup.singleton, handler: handler)
        port = listener.port ?? 0
    }

    deinit {
        listener.close()
    }

    /// What reached the handler: method, target and body of each request.
    var requests: [String] { handler.seen.withLock { $0 } }

    /// Comes when a client went away before its answer was complete.
    var departures: EventQueue<String> { handler.departures }

    func client(reading isReading: Bool = true) async throws -> RawClient {
        try await RawClient(port: port, isReading: isReading)
    }

    /// Accepts the token no more that everybody comes with.
    func withdrawToken() { handler.credentials.remove("secret", of: handler.visitor) }

    /// Waits until that many requests have reached the handler.
    func waitForRequests(_ count: Int) async throws {
        while requests.count < count { _ = try await handler.arrivals.next() }
    }

    /// Ends every open stream.
    func endStreams() {
        for responder in handler.streams.withLock({ $0 }) { responder.runNowOrLater { $0.end() } }
    }

    /// Answers the requests to /held, which wait for this.
    func release() {
        for responder in handler.held.withLock({ held in
            defer { held = [] }
            return held
        }) {
            responder.runNowOrLater { $0.respond(.ok, json: ByteBuffer(string: "held")) }
        }
    }

    /// Writes to every open stream.
    func write(_ text: String) {
        let event = ServerSentEvent(data: ByteBuffer(string: text))
        for responder in handler.streams.withLock({ $0 }) { responder.runNowOrLater { $0.write(event) } }
    }

    /// Waits until that many requests are held.
    func waitForHeld(_ count: Int) async throws {
        while handler.held.withLock({ $0.count }) < count { _ = try await handler.arrivals.next() }
    }

    /// What answers, without a listener.
    static func handler() -> any HTTPRequestHandler { Handler(HTTPLimits(), .token(number: 0)) }

    private struct Undecided: Sendable {
        let decide: @Sendable () -> Void
    }

    /// Waits until that many requests are waiting for a decision.
    func waitForUndecided(_ count: Int) async throws {
        while handler.undecided.withLock({ $0.count }) < count { _ = try await handler.arrivals.next() }
    }

    /// Lets all of them in.
    func decideAll() {
        let all = handler.undecided.withLock { undecided in
            defer { undecided = [] }
            return undecided
        }
        for one in all { one.decide() }
    }

    private final class Handler: HTTPRequestHandler {
        let seen = Mutex<[String]>([])
        let held = Mutex<[HTTPResponder]>([])
        let streams = Mutex<[HTTPResponder]>([])
        let undecided = Mutex<[Undecided]>([])
        let arrivals = EventQueue<String>()
        let departures = EventQueue<String>()

        let endpoint: Endpoint
        let credentials = Credentials()
        let visitor: Principal
        private let admission: Admission
        private let limits: HTTPLimits

        init(_ limits: HTTPLimits, _ visitor: Principal) {
            self.limits = limits
            self.visitor = visitor
            let offer = Offer.inMemory("all", on: MultiThreadedEventLoopGroup.singleton) { ScriptedLink(on: $0) }
            credentials.add("secret", for: visitor)
            admission = Admission(
                hosts: HostPolicy(hosts: [], origins: [], acceptsAddresses: true), credentials: credentials, prefix: "")
            let route = Route(offer: offer, access: .holders([visitor]))
            endpoint = Endpoint(path: "/", kind: .streamable, route: route)
        }

        /// Everything is let in but what lies below /refused.
        func admit(_ head: HTTPRequestFields) -> (destination: Destination, answerHeaders: [(String, String)]) {
            (destination(of: head), [])
        }

        private func destination(of head: HTTPRequestFields) -> Destination {
            do throws(Refusal) {
                if head.head.uri == "/refused" { throw Refusal(.forbidden, "refused") }
                var head = head.head
                head.headers.add(name: "Authorization", value: "Bearer secret")
                let admitted = try admission.admit(HTTPRequestFields(head))
                return head.uri.hasPrefix("/undecided") ? .undecided(admitted) : try destination(of: admitted)
            } catch {
                return .refused(error)
            }
        }

        private func destination(of request: AdmittedRequest) throws(Refusal) -> Destination {
            let isRead = request.http.method == .GET
            return .streamable(
                try admission.authenticate(request, for: endpoint), maximumBody: isRead ? 0 : limits.maximumBodyBytes)
        }

        /// Waits until it is told, but for what is decided at once.
        func decide(
            _ request: AdmittedRequest, on eventLoop: any EventLoop, _ then: @escaping @Sendable (Destination) -> Void
        ) {
            // It was let in before; an error here is a test that fails.
            let answer = (try? destination(of: request)) ?? .refused(Refusal(.forbidden, "not decided"))
            if request.target.path == "/undecided/at-once" { return then(answer) }
            undecided.withLock { $0.append(Undecided { eventLoop.execute { then(answer) } }) }
            arrivals.add("undecided")
        }

        func refused(_ request: RefusedRequest) {}
        func refuseBody(for destination: Destination, _ responder: HTTPResponder) {
            responder.refuseBody(longerThan: destination.maximumBody)
        }

        func handle(_ destination: Destination, body: ByteBuffer, _ responder: HTTPResponder) {
            guard case .streamable(let request, _) = destination else {
                if case .refused(let refusal) = destination { responder.refuse(refusal) }
                return
            }
            let head = request.http.head
            let line = "\(head.method) \(head.uri) \(body.readableBytes)"
            seen.withLock { $0.append(line) }
            switch head.uri {
            case "/held":
                held.withLock { $0.append(responder) }
                responder.clientLeft = { [departures] in departures.add("/held") }
                arrivals.add(line)
            case "/stream":
                streams.withLock { $0.append(responder) }
                responder.beginEventStream()
                responder.clientLeft = { [departures] in departures.add("/stream") }
                responder.write(ServerSentEvent(data: ByteBuffer(string: "1")))
            case "/nothing": responder.respond(.noContent)
            case "/accepted": responder.respond(.accepted)
            default:
                arrivals.add(line)
                responder.respond(.ok, json: body)
            }
        }
    }
}
