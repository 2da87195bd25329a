import Addresses
package import NIOCore

/// The connection pools of one event loop, one for each origin and reach. To be used on that event loop only.
///
/// A connection that may lead anywhere is never used for a server that is guarded.
package final class HTTPConnectionPools {
    package let eventLoop: any EventLoop
    package let settings: HTTPLinkSettings
    private let egress: HTTPEgress
    private let lookup: AddressLookup
    private var pools: [Key: HTTPConnectionPool] = [:]
    private var isShutDown = false

    private struct Key: Hashable {
        let origin: HTTPOrigin
        /// nil for what may be anywhere.
        let gate: ObjectIdentifier?

        init(_ origin: HTTPOrigin, _ reach: Reach) {
            self.origin = origin
            switch reach {
            case .anywhere: gate = nil
            case .guarded(let gate): self.gate = ObjectIdentifier(gate)
            }
        }
    }

    package init(
        eventLoop: any EventLoop,
        settings: HTTPLinkSettings = .init(),
        egress: HTTPEgress = HTTPEgress(),
        lookup: AddressLookup = .system
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.egress = egress
        self.lookup = lookup
    }

    /// Returns the pool of an origin. A link asks once and keeps it.
    ///
    /// - Parameter reach: What may be connected to.
    func pool(for origin: HTTPOrigin, _ reach: Reach) -> HTTPConnectionPool {
        eventLoop.assertInEventLoop()
        let key = Key(origin, reach)
        if let pool = pools[key] { return pool }
        let pool = HTTPConnectionPool(
            eventLoop: eventLoop, origin: origin, settings: settings, trust: egress.trust, reach: reach,
            route: egress.proxies.route(to: origin), lookup: lookup)
        if isShutDown { pool.shutDown() }
        pools[key] = pool
        // Origins come and go with the configuration: an empty pool is not kept for its own sake.
        pool.onEmpty = { [weak self] pool in
            if self?.pools[key] === pool { self?.pools[key] = nil }
        }
        return pool
    }

    /// Ends the connections to what the guard in force no longer allows, whatever is under way on them.
    func endForbiddenConnections() {
        for pool in Array(pools.values) { pool.endForbidden() }
    }

    /// Closes every connection, whatever is under way on it. Close the links first for an orderly end.
    package func shutDown() {
        isShutDown = true
        for pool in Array(pools.values) { pool.shutDown() }
        pools.removeAll()
    }
}
