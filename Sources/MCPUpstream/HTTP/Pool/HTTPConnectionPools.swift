package import NIOCore

/// The connection pools of one event loop, one for each origin. To be used on that event loop only.
package final class HTTPConnectionPools {
    package let eventLoop: any EventLoop
    package let settings: HTTPLinkSettings
    private let trust: HTTPTrust
    private var pools: [HTTPOrigin: HTTPConnectionPool] = [:]
    private var isShutDown = false

    package init(eventLoop: any EventLoop, settings: HTTPLinkSettings = .init(), trust: HTTPTrust = .verified) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.trust = trust
    }

    /// The pool of an origin. A link asks once and keeps it.
    func pool(for origin: HTTPOrigin) -> HTTPConnectionPool {
        eventLoop.assertInEventLoop()
        if let pool = pools[origin] { return pool }
        let pool = HTTPConnectionPool(eventLoop: eventLoop, origin: origin, settings: settings, trust: trust)
        if isShutDown { pool.shutDown() }
        pools[origin] = pool
        // Origins come and go with the configuration: an empty pool is not kept for its own sake.
        pool.onEmpty = { [weak self] pool in
            if self?.pools[pool.origin] === pool { self?.pools[pool.origin] = nil }
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
