package import NIOCore

/// The connection pools of one event loop, one for each origin and guard. To be used on that event loop only.
///
/// A connection that was made without a guard, or under another one, may lead where this one forbids.
package final class HTTPConnectionPools {
    package let eventLoop: any EventLoop
    package let settings: HTTPLinkSettings
    private let trust: HTTPTrust
    private let lookup: AddressLookup
    private var pools: [Key: HTTPConnectionPool] = [:]
    private var isShutDown = false

    private struct Key: Hashable {
        let origin: HTTPOrigin
        let addressGuard: AddressGuard?
    }

    package init(
        eventLoop: any EventLoop,
        settings: HTTPLinkSettings = .init(),
        trust: HTTPTrust = .verified,
        lookup: AddressLookup = .system
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.trust = trust
        self.lookup = lookup
    }

    /// The pool of an origin. A link asks once and keeps it.
    ///
    /// - Parameter addressGuard: Decides what may be connected to; nil for a server from the operator's own file.
    func pool(for origin: HTTPOrigin, guardedBy addressGuard: AddressGuard? = nil) -> HTTPConnectionPool {
        eventLoop.assertInEventLoop()
        let key = Key(origin: origin, addressGuard: addressGuard)
        if let pool = pools[key] { return pool }
        let pool = HTTPConnectionPool(
            eventLoop: eventLoop, origin: origin, settings: settings, trust: trust, addressGuard: addressGuard,
            lookup: lookup)
        if isShutDown { pool.shutDown() }
        pools[key] = pool
        // Origins come and go with the configuration: an empty pool is not kept for its own sake.
        pool.onEmpty = { [weak self] pool in
            if self?.pools[key] === pool { self?.pools[key] = nil }
        }
        return pool
    }

    /// Closes every connection, whatever is under way on it. Close the links first for an orderly end.
    package func shutDown() {
        isShutDown = true
        for pool in Array(pools.values) { pool.shutDown() }
        pools.removeAll()
    }
}
