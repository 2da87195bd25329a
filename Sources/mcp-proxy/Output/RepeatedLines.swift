import Dispatch
import Synchronization

/// Lets through a few of many equal lines, and the number of the others a while later.
final class RepeatedLines: Sendable {
    static let shared = RepeatedLines()

    /// How many equal lines are let through, and for how long the others are counted.
    private static let maximumCount = 10
    private static let window = Duration.seconds(10)
    /// How many different lines are remembered.
    private static let maximumKinds = 256

    private struct Kind {
        let since: ContinuousClock.Instant
        var count = 0
    }

    private struct State {
        var kinds: [LogLine: Kind] = [:]
        /// Before that, none of them is over.
        var nextEnd: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    /// Writes a line, unless it is one of many.
    func write(_ line: LogLine, now: ContinuousClock.Instant = .now, _ write: @escaping @Sendable (LogLine) -> Void) {
        let kind = line.kind
        let (ended, count) = state.withLock { state in
            let ended = Self.takeEnded(&state, now)
            state.kinds[kind, default: Kind(since: now)].count += 1
            state.nextEnd = state.nextEnd ?? now + Self.window
            return (ended, state.kinds[kind]?.count ?? 1)
        }
        for line in ended { write(line) }
        if count <= Self.maximumCount { write(line) }
        // The number is told also when nothing else is said any more.
        guard count == Self.maximumCount + 1 else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Int(Self.window.components.seconds))) { [self] in
            flush(now: .now, write)
        }
    }

    /// Tells the numbers of lines whose time is over.
    func flush(now: ContinuousClock.Instant, _ write: @Sendable (LogLine) -> Void) {
        for line in state.withLock({ Self.takeEnded(&$0, now) }) { write(line) }
    }

    private static func takeEnded(_ state: inout State, _ now: ContinuousClock.Instant) -> [LogLine] {
        let isFull = state.kinds.count >= maximumKinds
        guard let nextEnd = state.nextEnd, isFull || now >= nextEnd else { return [] }
        let ended = state.kinds.filter { isFull || now - $0.value.since >= window }
        for line in ended.keys { state.kinds[line] = nil }
        state.nextEnd = state.kinds.values.map(\.since).min().map { $0 + window }
        return ended.filter { $0.value.count > maximumCount }.sorted { $0.value.since < $1.value.since }
            .map { $0.key.repeated($0.value.count - maximumCount) }
    }
}
