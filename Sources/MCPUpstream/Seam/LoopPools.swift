import NIOCore

/// The connection pools of one event loop, by the way in which servers are reached: a connection that was made with one
/// trust, or through one proxy, is never used where another is asked for.
///
/// Touched only on that event loop; that is what makes `@unchecked Sendable` true.
final class LoopPools: @unchecked Sendable {
    let eventLoop: any EventLoop
    private let settings: HTTPLinkSettings
    private var pools: [HTTPEgress: HTTPConnectionPools] = [:]
    private var isShutDown = false

    init(eventLoop: any EventLoop, settings: HTTPLinkSettings) {
        self.eventLoop = eventLoop
        self.settings = settings
    }

    func pools(by egress: HTTPEgress) -> HTTPConnectionPools {
        if let found = pools[egress] { return found }
        let made = HTTPConnectionPools(eventLoop: eventLoop, settings: settings, egress: egress)
        if isShutDown { made.shutDown() }
        pools[egress] = made
        return made
    }

    func endForbiddenConnections() {
        for pools in pools.values { pools.endForbiddenConnections() }
    }

    func shutDown() {
        isShutDown = true
        for pools in pools.values { pools.shutDown() }
    }
}
