package import AccessTokens
package import Logging
package import MCPUpstream
package import Metrics
package import NIOCore

/// What everybody needs who asks for grants to one server.
package struct GrantSurroundings: Sendable {
    /// Sends a request to somebody whom the server has named, and gives what comes back, whatever it is.
    typealias Sender = @Sendable (HTTPCall) async throws(UpstreamFailure) -> HTTPCall.Answer

    /// Goes over the network, the way to the server itself, where nothing else is said.
    var send: Sender
    let eventLoop: any EventLoop
    /// The time of day.
    let wall: @Sendable () -> UnixTime
    /// What times between events are measured by.
    var uptime: @Sendable () -> NIODeadline = { .now() }
    /// The text of a small file.
    let readFile: @Sendable (String) throws(GrantFailure) -> String
    /// Whether a caller is the same one at the next start, by his name.
    let outlivesRun: @Sendable (String) -> Bool
    /// Where is counted how it went that tokens were renewed, or got without anybody's help.
    let renewals: LabelledCounter<TokenRenewal>
    let logger: Logger

    /// - Parameters:
    ///   - egress: How authorization servers are reached.
    ///   - reach: What may be connected to.
    package init(
        egress: HTTPEgress, reach: Reach, eventLoop: any EventLoop, wall: @escaping @Sendable () -> UnixTime,
        readFile: @escaping @Sendable (String) throws(GrantFailure) -> String,
        outlivesRun: @escaping @Sendable (String) -> Bool = { _ in true },
        renewals: LabelledCounter<TokenRenewal> = LabelledCounter(), logger: Logger
    ) {
        send = { (call) async throws(UpstreamFailure) in
            var call = call
            (call.egress, call.reach) = (egress, reach)
            return try await call.send(on: eventLoop)
        }
        self.eventLoop = eventLoop
        self.wall = wall
        self.readFile = readFile
        self.outlivesRun = outlivesRun
        self.renewals = renewals
        self.logger = logger
    }
}
