import Synchronization

/// What happened to one server lately: lines of its standard error and changes of its state. Bounded.
package final class ServerJournal: Sendable {
    /// One line.
    package struct Entry: Sendable, Equatable {
        /// Rises by one with every entry of the same journal.
        package let number: Int
        /// Seconds since 1970.
        package let time: Double
        package let kind: Kind
        package let text: String
    }

    /// Where a line comes from.
    package enum Kind: String, Sendable {
        /// The server's standard error.
        case stderr
        /// What the proxy noted.
        case event
    }

    private struct State {
        var entries: [Entry] = []
        var lastNumber = 0
        var isClosed = false
        var followers: [Int: @Sendable (Entry?) -> Void] = [:]
        var lastFollower = 0
    }

    private let maximumEntries: Int
    private let state = Mutex(State())

    /// - Parameter maximumEntries: How many entries are kept.
    package init(maximumEntries: Int) {
        self.maximumEntries = max(1, maximumEntries)
    }

    /// The entries that are kept, the oldest first.
    package var entries: [Entry] { state.withLock { $0.entries } }

    /// Adds a line. May be called from anywhere.
    package func note(_ kind: Kind, _ text: String, at time: Double) {
        let (entry, followers) = state.withLock { state in
            state.lastNumber += 1
            let entry = Entry(number: state.lastNumber, time: time, kind: kind, text: text)
            if state.entries.count == maximumEntries { state.entries.removeFirst() }
            state.entries.append(entry)
            return (entry, Array(state.followers.values))
        }
        for follower in followers { follower(entry) }
    }

    /// Hears the entries there are and every later one, in order, then nil when the server has gone.
    ///
    /// - Parameter body: Is called from anywhere, never while it is called already from `follow` itself; must be quick.
    /// - Returns: What ends it.
    package func follow(_ body: @escaping @Sendable (Entry?) -> Void) -> @Sendable () -> Void {
        let (kept, isClosed, id) = state.withLock { state in
            state.lastFollower += 1
            if !state.isClosed { state.followers[state.lastFollower] = body }
            return (state.entries, state.isClosed, state.lastFollower)
        }
        for entry in kept { body(entry) }
        if isClosed { body(nil) }
        return { [self] in _ = state.withLock { $0.followers.removeValue(forKey: id) } }
    }

    /// Tells those who follow that nothing comes any more.
    package func close() {
        let followers = state.withLock { state in
            state.isClosed = true
            defer { state.followers = [:] }
            return Array(state.followers.values)
        }
        for follower in followers { follower(nil) }
    }
}
