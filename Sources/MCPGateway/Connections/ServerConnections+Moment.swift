import MCPUpstream
import NIOCore
import Synchronization

// MARK: - What a server is like at one moment

/// The calls and processes that the connections to a server have at one moment.
package struct ConnectionsMoment: Sendable {
    /// How many calls wait until the server is ready, has room, or until it is their turn.
    package fileprivate(set) var waitingCalls = 0
    /// Its processes, as many as it has of its own.
    package fileprivate(set) var processes: [Int32] = []
}

extension ServerConnections {
    /// Looks at every connection, on its event loop.
    ///
    /// - Parameter completion: Is called once, on any thread; never if an event loop has ended.
    package func look(_ completion: @escaping @Sendable (ConnectionsMoment) -> Void) {
        let connections = all
        guard !connections.isEmpty else { return completion(ConnectionsMoment()) }
        let sum = SummedMoment()
        let countdown = Countdown(connections.count) { completion(sum.moment.withLock { $0 }) }
        for connection in connections {
            connection.eventLoop.execute {
                sum.moment.withLock { moment in
                    moment.waitingCalls += connection.waitingCalls
                    if let process = connection.upstream.processID { moment.processes.append(process) }
                }
                countdown.tick()
            }
        }
    }
}

/// Holds what was found so far.
private final class SummedMoment: Sendable {
    let moment = Mutex(ConnectionsMoment())
}
