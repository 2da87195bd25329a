import MCPCore
package import MCPUpstream
package import MCPValues
import NIOCore
import Synchronization

// MARK: - Changes while it runs

extension ServerConnections {
    /// How many requests of clients the server was sent.
    package var callCount: Int { calls.total }
    package var callsInFlight: Int { calls.inFlight }

    /// Counts other tools from now on, and says whether a line in the log names them.
    package func showsTools(of filter: ToolFilter?, namesThem: Bool) {
        countedTools.withLock { $0 = filter }
        namesTools.store(namesThem, ordering: .relaxed)
        first().runNowOrLater { [self] connection in
            if case .ready = connection.upstream.state { connectionListChanged(connection) }
            release(connection)
        }
    }

    /// Gives the server and its calls, those under way included, other times from now on.
    package func take(_ limits: UpstreamLimits) {
        // First, so that a connection that is opened meanwhile has them or is found.
        currentLimits.withLock { $0 = limits }
        for connection in all { connection.runNowOrLater { $0.upstream.take(limits) } }
    }

    /// Says how the first attempt to reach the server went: nil, or why not and the last lines of its error output. On
    /// any event loop.
    package func whenIntroduced(_ done: @escaping @Sendable (UpstreamFailure?, [String]) -> Void) {
        first().runNowOrLater { [self] connection in
            connection.upstream.whenReady { [self] result in
                release(connection)
                switch result {
                case .success: done(nil, [])
                case .failure(let failure): done(failure, connection.upstream.recentErrorOutput)
                }
            }
        }
    }

    /// Shows why what the server is changed to does not start yet; nil when there is nothing to be said of that.
    package func shows(pendingChange reason: String?) { update { $0.pendingChange = reason } }

    /// Takes no further calls. Those under way go on.
    package func retire() { calls.close() }

    /// Calls back once no call is under way any more; at once when there is none.
    package func whenIdle(_ body: @escaping @Sendable () -> Void) { calls.whenIdle(body) }

    /// Reaches the server anew, without a gap: on every connection a new link takes over once it is ready, and the one
    /// before it finishes its calls.
    ///
    /// - Parameters:
    ///   - factory: What makes links from now on; nil for what made them so far.
    ///   - isFinal: Whether it does so also when the first of them fails; else what made them so far is kept then.
    ///   - grace: How long the calls under way may take then.
    ///   - done: Is told how it went: nil, or why not and the last lines of the error output. On any event loop.
    package func renew(
        with factory: Upstream.LinkFactory?,
        isFinal: Bool = false,
        grace: Duration,
        _ done: @escaping @Sendable (UpstreamFailure?, [String]) -> Void
    ) {
        if factory != nil {
            eraMemory.forget()
            asking.forget()
        }
        let grace = TimeAmount.milliseconds(grace.milliseconds)
        first().runNowOrLater { [self] first in
            // What serves goes on as it is made, also for clients that come now, until the new link is ready.
            let serves = if case .ready = first.upstream.state { !isFinal } else { false }
            let former = serves ? nil : links.swap(for: factory)
            first.upstream.renew(with: serves ? factory : nil, grace: grace) { [self] failure, errorOutput in
                release(first)
                guard let failure else {
                    if serves { _ = links.swap(for: factory) }
                    unrenewed.withLock { $0 = grace }
                    renewOthers(than: first)
                    return done(nil, [])
                }
                // It is there, and counts as it is from now on: what it wants is for somebody to log in, or to bring.
                if failure.endsWithCredentials, !serves {
                    unrenewed.withLock { $0 = grace }
                    renewOthers(than: first)
                    return done(failure, errorOutput)
                }
                if isFinal { unrenewed.withLock { $0 = grace } }
                if let former, !isFinal { restore(former, on: first, grace) }
                done(failure, errorOutput)
            }
        }
    }

    /// Gives up a new link that has not taken over yet; what is in use stays.
    ///
    /// - Parameter done: Is told whether there was one. On any event loop.
    package func abandonRenewal(_ done: @escaping @Sendable (Bool) -> Void) {
        first().runNowOrLater { [self] first in
            let isAbandoned = first.upstream.abandonRenewal()
            release(first)
            done(isAbandoned)
        }
    }

    /// Has all other connections get their links from what makes them now, once one of them has proved good.
    func renewOthers(than ready: Connection) {
        let grace = unrenewed.withLock { grace in
            defer { grace = nil }
            return grace
        }
        guard let grace else { return }
        for other in all where other !== ready { other.runNowOrLater { $0.upstream.renew(grace: grace) { _, _ in } } }
    }

    private func restore(_ former: @escaping Upstream.LinkFactory, on first: Connection, _ grace: TimeAmount) {
        _ = links.swap(for: former)
        // It may have been waiting for its next attempt, which now has to be what it was.
        if case .waiting = first.upstream.state { first.upstream.renew(grace: grace) { _, _ in } }
    }
}
