import Addresses
import NIOCore
import NIOHTTP1

/// The connections of one event loop to one origin. Everything happens on that event loop.
///
/// Requests take the connection that became free last, else a new one, else they wait for either. As many
/// connections are being made as there are requests without one, up to the maximum.
final class HTTPConnectionPool {
    let eventLoop: any EventLoop
    let origin: HTTPOrigin
    let settings: HTTPLinkSettings
    let trust: HTTPTrust
    /// What may be connected to.
    let reach: Reach
    /// Which way leads there.
    let route: ProxyRoute
    /// How a guarded name is resolved.
    let lookup: AddressLookup
    /// Hears that the pool has become empty.
    var onEmpty: ((HTTPConnectionPool) -> Void)?

    private var all: [ObjectIdentifier: PooledConnection] = [:]
    private var idle: [PooledConnection] = []
    private var waiting = CircularBuffer<HTTPExchange>()
    private var connecting = 0
    private var idleTimer: Scheduled<Void>?
    private var isShutDown = false
    private var waitsForDescriptor = false
    /// Whether connections are used more than once.
    var reuse = ReuseRecord()
    /// Whether a listening stream has last kept us waiting for its head: some servers send none before the first event.
    var beginsStreamsLate = false

    init(
        eventLoop: any EventLoop,
        origin: HTTPOrigin,
        settings: HTTPLinkSettings,
        trust: HTTPTrust,
        reach: Reach,
        route: ProxyRoute = .direct,
        lookup: AddressLookup = .system
    ) {
        self.eventLoop = eventLoop
        self.origin = origin
        self.settings = settings
        self.trust = trust
        self.reach = reach
        self.route = route
        self.lookup = lookup
    }

    var connectionCount: Int { all.count }
    var idleCount: Int { idle.count }
    var isEmpty: Bool { all.isEmpty && waiting.isEmpty }
    /// Whether a timer keeps the pool.
    var isTimed: Bool { idleTimer != nil }

    /// Sends a request. The receiver hears nothing before this returns.
    ///
    /// - Parameter authority: Says what the request shows of who sends it; nil where that stands in its fields.
    func send(
        _ request: HTTPUpstreamRequest, _ receiver: any HTTPResponseReceiver,
        by authority: (any RequestAuthority)? = nil
    ) -> HTTPExchange {
        eventLoop.assertInEventLoop()
        let exchange = HTTPExchange(request, receiver, self, authority)
        exchange.send()
        return exchange
    }

    /// Sends what an exchange wants to have sent now. Its receiver hears nothing before this returns.
    func send(_ exchange: HTTPExchange) {
        while let connection = idle.popLast() {
            if connection.start(exchange) { return }
        }
        if isShutDown {
            failSoon(exchange, UpstreamFailure(.closed, "the proxy is shutting down", nothingSent: true))
        } else if waiting.count - connecting >= settings.maximumWaiting {
            failSoon(exchange, overloaded("too many requests wait for"))
        } else {
            waiting.append(exchange)
            if !startConnections() { startWaitTimer(exchange) }
        }
    }

    /// Takes a request out of the queue that nobody wants any more.
    func remove(_ exchange: HTTPExchange) {
        waiting.removeAll { $0 === exchange }
    }

    /// Closes all connections; what is under way on them fails.
    func shutDown() {
        isShutDown = true
        idleTimer?.cancel()
        let failure = UpstreamFailure(.closed, "the proxy is shutting down", nothingSent: true)
        while let exchange = waiting.popFirst() { exchange.fail(failure) }
        idle.removeAll()
        for connection in Array(all.values) { connection.shutDown() }
    }

    /// Ends the connections to what the guard in force no longer allows.
    func endForbidden() {
        guard case .guarded(let gate) = reach else { return }
        for connection in Array(all.values) {
            do throws(ForbiddenAddress) {
                try gate.check(connection.remoteAddress, origin.scheme)
            } catch {
                // A call under way was sent, so it must not be sent again.
                connection.end(because: HTTPConnectionFailure.forbidden(error, origin: origin, nothingSent: false))
            }
        }
    }

    // MARK: What connections report

    func connectionReady(_ connection: PooledConnection) {
        connecting -= 1
        connectionFree(connection)
    }

    func connectionFree(_ connection: PooledConnection) {
        if isShutDown || waiting.isEmpty && settings.descriptors?.isScarce == true { return connection.close() }
        while let next = waiting.popFirst() {
            if connection.start(next) { return }
            waiting.prepend(next)
            return
        }
        connection.idleSince = .now()
        idle.append(connection)
        if idleTimer == nil { startIdleTimer(settings.idleTimeout) }
    }

    /// A connection could not be made: one of the requests it was made for hears why.
    func connectionFailed(_ connection: PooledConnection, _ failure: UpstreamFailure) {
        connecting -= 1
        if all.removeValue(forKey: ObjectIdentifier(connection)) != nil { settings.descriptors?.giveBack() }
        if waiting.count > connecting, let first = waiting.popFirst() { first.fail(failure) }
        _ = startConnections()
        reportIfEmpty()
    }

    func connectionClosed(_ connection: PooledConnection) {
        guard all.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        settings.descriptors?.giveBack()
        idle.removeAll { $0 === connection }
        _ = startConnections()
        reportIfEmpty()
    }

    private func reportIfEmpty() {
        guard isEmpty else { return }
        // It would keep an empty pool until it is due.
        idleTimer?.cancel()
        idleTimer = nil
        onEmpty?(self)
    }

    // MARK: Steps

    /// Makes a connection for each waiting request that has none coming.
    ///
    /// - Returns: whether all have one coming.
    private func startConnections() -> Bool {
        while waiting.count > connecting {
            guard all.count < settings.maximumConnections, !isShutDown, takeDescriptor() else { return false }
            let connection = PooledConnection(pool: self)
            all[ObjectIdentifier(connection)] = connection
            connecting += 1
            HTTPConnector.connect(connection, of: self)
        }
        return true
    }

    /// Takes one of the open files that are set aside; when there is none, another attempt follows once there is.
    private func takeDescriptor() -> Bool {
        guard let descriptors = settings.descriptors, !descriptors.take() else { return true }
        if waitsForDescriptor { return false }
        waitsForDescriptor = true
        let pool = NIOLoopBound(self, eventLoop: eventLoop)
        descriptors.whenGivenBack(on: eventLoop) {
            pool.value.waitsForDescriptor = false
            _ = pool.value.startConnections()
        }
        return false
    }

    private func overloaded(_ what: String) -> UpstreamFailure {
        let all =
            waitsForDescriptor
            ? "all open files that are set aside for servers are in use (raise their limit, ulimit -n)"
            : "all \(settings.maximumConnections) connections to \(origin) are in use"
        return UpstreamFailure(.overloaded, "\(all), and \(what) one", nothingSent: true)
    }

    private func failSoon(_ exchange: HTTPExchange, _ failure: UpstreamFailure) {
        eventLoop.assumeIsolated().execute { if !exchange.isFinished { exchange.fail(failure) } }
    }

    private func startWaitTimer(_ exchange: HTTPExchange) {
        exchange.waitTimer = eventLoop.assumeIsolated().scheduleTask(in: settings.waitTimeout) {
            guard !exchange.isFinished else { return }
            self.remove(exchange)
            exchange.fail(self.overloaded("the request has waited too long for"))
        }
    }

    private func startIdleTimer(_ delay: TimeAmount) {
        idleTimer = eventLoop.assumeIsolated().scheduleTask(in: delay) { self.closeIdleConnections() }
    }

    private func closeIdleConnections() {
        idleTimer = nil
        let limit = NIODeadline.now() - settings.idleTimeout
        let expired = idle.prefix { $0.idleSince <= limit }
        idle.removeFirst(expired.count)
        for connection in expired { connection.close() }
        if let oldest = idle.first { startIdleTimer(oldest.idleSince + settings.idleTimeout - .now()) }
    }
}
