import MCPCore
import NIOCore
import Synchronization

/// Keeps what happened to one server lately: lines of its standard error and changes of its state, within bounds.
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

    /// Says where a line comes from.
    package enum Kind: String, Sendable {
        /// The server's standard error.
        case stderr
        /// What the proxy noted.
        case event
    }

    /// Somebody who follows, and what they have not been told yet.
    private struct Follower {
        let body: @Sendable (Entry?) -> Void
        /// nil stands for the end.
        var waiting: CircularBuffer<Entry?>
        /// Whether somebody is telling them: whoever comes meanwhile only adds to what waits, so that no two calls
        /// overlap and none overtakes another.
        var isBeingTold = false
    }

    private struct State {
        var entries: [Entry] = []
        var lastNumber = 0
        var isClosed = false
        var followers: [Int: Follower] = [:]
        var lastFollower = 0

        /// Adds to what waits for everybody.
        ///
        /// - Returns: Whom nobody is telling.
        mutating func queue(_ entry: Entry?) -> [Int] {
            for id in followers.keys { followers[id]?.waiting.append(entry) }
            return followers.filter { !$0.value.isBeingTold }.map(\.key)
        }

        /// Returns the next entry for somebody, and how to tell it; nil when there is none or somebody else is telling.
        mutating func next(for id: Int, goingOn: Bool) -> (body: @Sendable (Entry?) -> Void, entry: Entry?)? {
            guard let body = followers[id]?.body, goingOn || followers[id]?.isBeingTold == false else { return nil }
            guard let entry = followers[id]?.waiting.popFirst() else {
                followers[id]?.isBeingTold = false
                return nil
            }
            followers[id]?.isBeingTold = true
            if entry == nil { followers.removeValue(forKey: id) }
            return (body, entry)
        }
    }

    private let maximumEntries: Int
    private let state = Mutex(State())

    /// - Parameter maximumEntries: How many entries are kept.
    package init(maximumEntries: Int) {
        self.maximumEntries = max(1, maximumEntries)
    }

    /// The entries that are kept, the oldest first.
    package var entries: [Entry] { state.withLock { $0.entries } }

    /// The longest line that is kept.
    private static let maximumLineBytes = 4_096

    /// Adds a line, with every character in it visible. May be called from anywhere.
    package func note(_ kind: Kind, _ text: String, at time: Double) {
        let text = PrintableText.make(text, maximumBytes: Self.maximumLineBytes)
        let untold: [Int] = state.withLock { state in
            state.lastNumber += 1
            let entry = Entry(number: state.lastNumber, time: time, kind: kind, text: text)
            if state.entries.count == maximumEntries { state.entries.removeFirst() }
            state.entries.append(entry)
            return state.isClosed ? [] : state.queue(entry)
        }
        for id in untold { tell(id) }
    }

    /// Hears the entries there are and every later one, each once and in the order of their numbers, then nil when the
    /// server has gone.
    ///
    /// - Parameter body: Is called from anywhere, one call after another, the first ones before this returns; must be
    ///   quick. A call that is under way when following ends may still come to its end.
    /// - Returns: What ends it.
    package func follow(_ body: @escaping @Sendable (Entry?) -> Void) -> @Sendable () -> Void {
        let id = state.withLock { state in
            state.lastFollower += 1
            let known = state.entries.map(Optional.some) + (state.isClosed ? [nil] : [])
            state.followers[state.lastFollower] = Follower(body: body, waiting: CircularBuffer(known))
            return state.lastFollower
        }
        tell(id)
        return { [self] in _ = state.withLock { $0.followers.removeValue(forKey: id) } }
    }

    /// How many follow.
    var followerCount: Int { state.withLock { $0.followers.count } }

    /// Tells those who follow that nothing comes any more.
    package func close() {
        let untold: [Int] = state.withLock { state in
            guard !state.isClosed else { return [] }
            state.isClosed = true
            return state.queue(nil)
        }
        for id in untold { tell(id) }
    }

    /// Tells somebody all that waits for them, unless somebody else is at it. The lock is not held meanwhile.
    private func tell(_ id: Int) {
        var goingOn = false
        while let (body, entry) = state.withLock({ [goingOn] in $0.next(for: id, goingOn: goingOn) }) {
            goingOn = true
            body(entry)
        }
    }
}
