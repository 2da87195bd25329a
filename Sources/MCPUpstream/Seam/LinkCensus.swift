import Synchronization

/// Counts what links still have to bring to an end, so that the proxy can wait for it: process trees that are alive,
/// and sessions whose servers are being told that they are over.
package final class LinkCensus: Sendable {
    private let open = Mutex(0)

    package init() {}

    package var count: Int { open.withLock { $0 } }

    func begin() { open.withLock { $0 += 1 } }

    func end() { open.withLock { $0 -= 1 } }
}
