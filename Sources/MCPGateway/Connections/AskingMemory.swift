import Synchronization

/// Remembers whether a server asks clients things during calls without saying for which: shared by all connections to
/// it, and kept when they end.
package final class AskingMemory: Sendable {
    private let asks: Atomic<Bool>
    private let changed: @Sendable (Bool) -> Void

    /// - Parameters:
    ///   - asks: What is known from earlier.
    ///   - changed: Is told what is to be known from now on. On any event loop, and shortly.
    package init(_ asks: Bool = false, changed: @escaping @Sendable (Bool) -> Void = { _ in }) {
        self.asks = Atomic(asks)
        self.changed = changed
    }

    /// Whether it has asked like that, in this run or an earlier one.
    package var isKnown: Bool { asks.load(ordering: .acquiring) }

    /// Returns whether that is news.
    func remember() -> Bool {
        let isNews = !asks.exchange(true, ordering: .acquiringAndReleasing)
        if isNews { changed(true) }
        return isNews
    }

    /// The server that asked was replaced by another one.
    func forget() {
        if asks.exchange(false, ordering: .acquiringAndReleasing) { changed(false) }
    }
}
