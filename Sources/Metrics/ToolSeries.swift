import Synchronization

/// How many series there are of tools, at all servers together. Whoever scrapes keeps each of them for a long time, and the
/// names are the servers' to choose.
package final class ToolSeries: Sendable {
    /// The most that there are with names; those of all other tools of a server are counted together.
    package static let maximum = 2_000

    private let count = Atomic(0)

    package init() {}

    /// Takes room for one more.
    ///
    /// - Returns: Whether there was any.
    func take() -> Bool {
        if count.add(1, ordering: .relaxed).newValue <= Self.maximum { return true }
        count.subtract(1, ordering: .relaxed)
        return false
    }

    /// Gives the room of some back.
    func give(_ number: Int) { count.subtract(number, ordering: .relaxed) }
}
