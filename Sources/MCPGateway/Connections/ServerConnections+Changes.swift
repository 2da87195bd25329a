package import MCPUpstream
package import MCPValues
import NIOCore
import Synchronization

// MARK: - Changes while it runs

extension ServerConnections {
    /// How many requests of clients the server was sent.
    package var callCount: Int { calls.total }
    package var callsInFlight: Int { calls.inFlight }

    /// Counts other tools from now on.
    package func showsTools(of filter: ToolFilter?) {
        countedTools.withLock { $0 = filter }
        first().run { [self] connection in
            if case .ready = connection.upstream.state { connectionListChanged(connection) }
            release(connection)
        }
    }

    /// Says how the first attempt to reach the server went: nil, or why not and the last lines of its error output. On
    /// any event loop.
    package func whenIntroduced(_ done: @escaping @Sendable (UpstreamFailure?, [String]) -> Void) {
        first().run { [self] connection in
            connection.upstream.whenReady { [self] result in
                release(connection)
                switch result {
                case .success: done(nil, [])
                case .failure(let failure): done(failure, connection.upstream.recentErrorOutput)
                }
            }
        }
    }

    /// Takes no further calls. Those under way go on.
    package func retire() { calls.close() }

    /// Calls back once no call is under way any more; at once when there is none.
    package func whenIdle(_ body: @escaping @Sendable () -> Void) { calls.whenIdle(body) }

    /// Reaches the server anew, without a gap: on every connection a new link takes over once it is ready, and the one
    /// before it finishes its calls.
    ///
    /// - Parameters:
    ///   - factory: What makes links from now on; nil for what made them so far. When the first of them fails, what made
    ///     them so far is kept.
    ///   - grace: How long the calls under way may take then.
    ///   - done: Is told how it went: nil, or why not and the last lines of the error output. On any event loop.
    package func renew(
        with factory: Upstream.LinkFactory?,
        grace: Duration,
        _ done: @escaping @Sendable (UpstreamFailure?, [String]) -> Void
    ) {
        let former = links.exchange(for: factory)
        if factory != nil { eraMemory.forget() }
        let grace = TimeAmount.milliseconds(grace.milliseconds)
        first().run { [self] first in
            first.upstream.renew(grace: grace) { [self] failure, errorOutput in
                release(first)
                guard let failure else {
                    for other in all where other !== first { other.run { $0.upstream.renew(grace: grace) { _, _ in } } }
                    return done(nil, [])
                }
                _ = links.exchange(for: former)
                // It may have been waiting for its next attempt, which now has to be what it was.
                if case .waiting = first.upstream.state { first.upstream.renew(grace: grace) { _, _ in } }
                done(failure, errorOutput)
            }
        }
    }
}
