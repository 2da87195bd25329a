import MCPGateway
import MCPUpstream
import NIOCore
import ProxyConfiguration

/// What a server is to be that does not start like that yet, and serves as it was meanwhile.
struct AwaitedChange: Sendable {
    let settings: ServerSettings
    private(set) var nextAttempt: NIODeadline
    private var pause: Duration
    private(set) var isUnderWay = false

    /// - Parameter former: The change that was awaited before; the same one is tried ever more rarely.
    init(_ settings: ServerSettings, after former: AwaitedChange?, within limits: Limits, now: NIODeadline = .now()) {
        self.settings = settings
        let next = former.flatMap { $0.settings == settings ? $0.pause + $0.pause : nil }
        pause = min(next ?? limits.restartBackoffMinimum, limits.restartBackoffMaximum)
        // What lacks something of the environment or an answer is not tried again as it is.
        nextAttempt = settings.cannotStart == nil ? now + .milliseconds(pause.milliseconds) : .distantFuture
    }

    /// The same, being tried.
    var underWay: AwaitedChange {
        var other = self
        other.isUnderWay = true
        return other
    }

    /// Whether it is to be tried now: its time has come, or what served meanwhile serves no more.
    func isDue(_ server: ManagedServer, now: NIODeadline = .now()) -> Bool {
        !isUnderWay && (now >= nextAttempt || server.connections.status.state != .ready)
    }
}
