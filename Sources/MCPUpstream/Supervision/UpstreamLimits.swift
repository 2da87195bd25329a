/// The bounds within which an upstream is used.
package struct UpstreamLimits: Sendable {
    /// From opening a connection to the end of the handshake.
    package var startTimeout: Duration = .seconds(30)
    /// How long a server may be silent on `server/discover` before it is taken for one with a handshake.
    package var probeTimeout: Duration = .seconds(3)
    /// How long a call may take without a sign of life; progress and questions to the client are such signs.
    package var callTimeout: Duration = .seconds(300)
    /// How long a call may take in any case.
    package var maximumCallTime: Duration = .seconds(3_600)
    package var maximumCallsInFlight = 256
    package var maximumQueuedCalls = 512
    /// How soon a retry must be due for calls to wait for it.
    package var queueWait: Duration = .seconds(2)
    package var backoffMinimum: Duration = .milliseconds(500)
    package var backoffMaximum: Duration = .seconds(60)
    /// How deeply a server's messages may be nested, whoever reads them.
    package static let maximumDepth = 1_000
    package var maximumDepth = Self.maximumDepth
    /// How many lines that are not messages a server may write in ten seconds.
    package var maximumJunk = 100
    /// The same while it starts.
    package var maximumBannerLines = 10_000
    /// How many requests of a server may wait for an answer, for each call under way.
    package var maximumServerRequestsInFlight = 16

    package init() {}

    /// Returns a circuit for a server within these bounds. To probe a remote server costs little, and recovery is seen
    /// sooner.
    package func circuit(startsProcesses: Bool) -> Circuit {
        Circuit(
            minimumPause: backoffMinimum,
            maximumPause: startsProcesses ? backoffMaximum : Upstream.demandedRetryInterval)
    }
}
