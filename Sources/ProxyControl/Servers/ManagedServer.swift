import MCPFrontEnd
package import MCPGateway
import MCPUpstream
import Metrics
import NIOCore
package import ProxyConfiguration

/// One server that the proxy runs, or could run, and where it came from.
package struct ManagedServer: Sendable {
    package internal(set) var settings: ServerSettings
    let source: ServerSource
    /// What the client sent of whom it is, to be read again when the proxy's own settings change.
    var configuration: ByteBuffer?
    package internal(set) var connections: ServerConnections
    var route: Route
    let journal: ServerJournal
    /// Its processes that are alive.
    let census: LinkCensus
    /// What its processes have had of processors.
    var processorTime = ProcessorTime()
    /// Who added it; nil for the operator.
    var owner: OwnerMark?
    /// What it is to be as soon as that is ready, while it serves as it was.
    var awaited: AwaitedChange?
    /// Whether it is left out at the moment.
    var isDisabled = false
    /// When it was left out, or last put in.
    var switchedAt = NIODeadline.now()
    /// Whether it is there for one session only, and not for all requests that bring the same configuration.
    var endsWithItsSession = false
    /// For a server that came with a session: since when nobody uses it.
    var unusedSince: NIODeadline?

    /// What it is at this moment.
    package var status: ServerStatus {
        guard isDisabled else { return connections.status }
        var status = ServerStatus()
        status.state = .disabled
        status.transport = settings.transport.label
        status.since = switchedAt
        return status
    }

    /// The same, for others.
    func opened(to access: Access) -> ManagedServer {
        var other = self
        other.route = Route(offer: route.offer, access: access)
        return other
    }

    /// The same, left out or put in from now on.
    func switched(off isOff: Bool) -> ManagedServer {
        var other = self
        // What it was is of no use to anybody once it has ended.
        if let awaited { other.settings = awaited.settings }
        other.awaited = nil
        other.isDisabled = isOff
        other.settings.options.disabled = isOff
        other.switchedAt = .now()
        return other
    }

    func report(prefix: String) -> ServerReport {
        let status = self.status
        let age = Double((NIODeadline.now() - status.since).nanoseconds) / 1e9
        var report = ServerReport(
            name: settings.displayName,
            path: "\(prefix)/\(PathEncoding.encode(settings.displayName))/",
            source: source,
            status: status,
            era: status.era.map { "\($0)" },
            since: Int(WallClock.now - age),
            calls: connections.callCount,
            callsInFlight: connections.callsInFlight
        )
        if !isDisabled { report.withheld = WithheldPins(connections.pins) }
        return report
    }
}
