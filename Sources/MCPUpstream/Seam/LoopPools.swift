import MCPCore
import NIOCore

/// The connection pools of one event loop, by the way in which servers are reached: a connection that was made with one
/// trust, or through one proxy, is never used where another is asked for.
///
/// Confined to that event loop.
final class LoopPools: LoopConfined, @unchecked Sendable {
    let eventLoop: any EventLoop
    private let settings: HTTPLinkSettings
    private var pools: [HTTPEgress: HTTPConnectionPools] = [:]
    private var isShutDown = false

    init(eventLoop: any EventLoop, settings: HTTPLinkSettings) {
        self.eventLoop = eventLoop
        self.settings = settings
    }

    func pools(by egress: HTTPEgress) -> HTTPConnectionPools {
        checkConfinement()
        if let found = pools[egress] { return found }
        let made = HTTPConnectionPools(eventLoop: eventLoop, settings: settings, egress: egress)
        if isShutDown { made.shutDown() }
        pools[egress] = made
        return made
    }

    func endForbiddenConnections() {
        checkConfinement()
        for pools in pools.values { pools.endForbiddenConnections() }
    }

    func shutDown() {
        checkConfinement()
        isShutDown = true
        for pools in pools.values { pools.shutDown() }
    }
}
