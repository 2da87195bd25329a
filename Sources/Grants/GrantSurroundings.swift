package import AccessTokens
package import Logging
package import MCPUpstream
package import NIOCore

/// What everybody needs who asks for grants to one server.
package struct GrantSurroundings: Sendable {
    /// How authorization servers are reached, which is how the server itself is.
    let egress: HTTPEgress
    /// What may be connected to.
    let reach: Reach
    let eventLoop: any EventLoop
    /// The time of day.
    let wall: @Sendable () -> UnixTime
    /// The text of a small file.
    let readFile: @Sendable (String) throws(GrantFailure) -> String
    /// Whether a caller is the same one at the next start, by his name.
    let outlivesRun: @Sendable (String) -> Bool
    let logger: Logger

    package init(
        egress: HTTPEgress, reach: Reach, eventLoop: any EventLoop, wall: @escaping @Sendable () -> UnixTime,
        readFile: @escaping @Sendable (String) throws(GrantFailure) -> String,
        outlivesRun: @escaping @Sendable (String) -> Bool = { _ in true }, logger: Logger
    ) {
        self.egress = egress
        self.reach = reach
        self.eventLoop = eventLoop
        self.wall = wall
        self.readFile = readFile
        self.outlivesRun = outlivesRun
        self.logger = logger
    }
}
