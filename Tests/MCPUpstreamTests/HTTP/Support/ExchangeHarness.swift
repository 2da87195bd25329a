import Addresses
import NIOCore
import NIOHTTP1
import NIOPosix

@testable import MCPUpstream

enum ExchangeEvent: Sendable, Equatable {
    case head(Int)
    case body(Int)
    case end
    case failed(UpstreamFailure)
    case poolEmpty
}

/// A pool on its event loop, driven by a test.
final class ExchangeHarness: Sendable {
    let eventLoop: any EventLoop
    let pool: NIOLoopBound<HTTPConnectionPool>

    /// - Parameter lookup: How names are resolved under a guard.
    init(
        _ url: HTTPURL,
        settings: HTTPLinkSettings = .init(),
        trust: HTTPTrust = .verified,
        within reach: Reach = .anywhere,
        route: ProxyRoute = .direct,
        lookup: AddressLookup = .system
    ) async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        self.eventLoop = eventLoop
        pool = try await eventLoop.submit {
            let pool = HTTPConnectionPool(
                eventLoop: eventLoop, origin: url.origin, settings: settings, trust: trust,
                reach: reach, route: route, lookup: lookup)
            return NIOLoopBound(pool, eventLoop: eventLoop)
        }.get()
    }

    /// Runs on the event loop.
    func run<Value: Sendable>(_ body: @escaping @Sendable (HTTPConnectionPool) throws -> Value) async throws -> Value {
        try await eventLoop.submit { try body(self.pool.value) }.get()
    }

    func send(
        _ method: HTTPMethod = .GET, _ target: String = "/", body: String? = nil,
        followsRedirects: Bool = false, by authority: (any RequestAuthority)? = nil
    ) async throws -> SentExchange {
        try await run { SentExchange($0, method, target, body, followsRedirects: followsRedirects, by: authority) }
    }

    /// Sends a request and expects its answer to be complete.
    func complete(_ target: String = "/") async throws {
        let exchange = try await send(.GET, target)
        _ = try await exchange.log.first { $0 == .end }
    }

    /// An event when the pool has no connections any more.
    func notePoolEmpty() async throws -> AwaitedLog<ExchangeEvent> {
        let log = AwaitedLog<ExchangeEvent>()
        try await run { pool in pool.onEmpty = { _ in log.add(.poolEmpty) } }
        return log
    }
}

/// An exchange and what its receiver has heard.
final class SentExchange: Sendable {
    let log = AwaitedLog<ExchangeEvent>()
    let exchange: NIOLoopBound<HTTPExchange>

    init(
        _ pool: HTTPConnectionPool,
        _ method: HTTPMethod,
        _ target: String,
        _ body: String?,
        pausingAtBody: Bool = false,
        followsRedirects: Bool = false,
        by authority: (any RequestAuthority)? = nil
    ) {
        let request = HTTPUpstreamRequest(
            method: method,
            target: target,
            fields: RequestFields(origin: pool.origin),
            body: body.map { ByteBuffer(string: $0) },
            followsRedirects: followsRedirects
        )
        let exchange = pool.send(request, Recorder(log: log, pausesAtBody: pausingAtBody), by: authority)
        self.exchange = NIOLoopBound(exchange, eventLoop: pool.eventLoop)
    }

    /// The failure with which the exchange ends.
    func failure() async throws -> UpstreamFailure {
        while true {
            if case .failed(let failure) = try await log.next() { return failure }
        }
    }

    func onLoop(_ body: @escaping @Sendable (HTTPExchange) -> Void) async throws {
        try await exchange.eventLoop.submit { body(self.exchange.value) }.get()
    }

    private final class Recorder: HTTPResponseReceiver {
        private let log: AwaitedLog<ExchangeEvent>
        private var pausesAtBody: Bool

        init(log: AwaitedLog<ExchangeEvent>, pausesAtBody: Bool) {
            self.log = log
            self.pausesAtBody = pausesAtBody
        }

        func receive(head: HTTPResponseHead, of exchange: HTTPExchange) {
            log.add(.head(Int(head.status.code)))
        }

        func receive(body: ByteBuffer, of exchange: HTTPExchange) {
            if pausesAtBody {
                pausesAtBody = false
                exchange.pauseReading()
            }
            log.add(.body(body.readableBytes))
        }

        func receiveEnd(of exchange: HTTPExchange) { log.add(.end) }
        func receive(failure: UpstreamFailure, of exchange: HTTPExchange) { log.add(.failed(failure)) }
    }
}
