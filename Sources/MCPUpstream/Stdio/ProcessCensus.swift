import Synchronization

/// Counts the process trees that are alive, so that the proxy can wait for them at its end.
package final class ProcessCensus: Sendable {
    private let alive = Mutex(0)

    package init() {}

    package var count: Int { alive.withLock { $0 } }

    func begin() { alive.withLock { $0 += 1 } }

    func end() { alive.withLock { $0 -= 1 } }
}
