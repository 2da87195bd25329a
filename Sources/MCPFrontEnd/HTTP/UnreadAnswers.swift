import NIOCore
import Synchronization

/// Counts what waits for clients that do not read what they have asked for, within one bound for all of them.
///
/// When it is too much, whoever has let something wait the longest is given up.
final class UnreadAnswers: Sendable {
    /// Tells a connection that it has been given up.
    struct GivenUp: Sendable {}

    private struct Entry {
        let channel: any Channel
        let place: Int
        var bytes: Int
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var total = 0
        var lastPlace = 0

        mutating func remove(_ id: ObjectIdentifier) -> Entry? {
            guard let entry = entries.removeValue(forKey: id) else { return nil }
            total -= entry.bytes
            return entry
        }
    }

    private let maximumBytes: Int
    private let state = Mutex(State())

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// How much waits.
    var total: Int { state.withLock { $0.total } }

    /// Notes how much waits for a client. One answer may always be as long as it is.
    func note(_ bytes: Int, for channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let givenUp: [any Channel] = state.withLock { state in
            var entry = state.remove(id) ?? Entry(channel: channel, place: state.lastPlace + 1, bytes: 0)
            state.lastPlace = max(state.lastPlace, entry.place)
            entry.bytes = bytes
            state.entries[id] = entry
            state.total += bytes
            var givenUp: [any Channel] = []
            while state.total > maximumBytes, state.entries.count > 1,
                let oldest = state.entries.min(by: { $0.value.place < $1.value.place })?.key,
                let entry = state.remove(oldest)
            {
                givenUp.append(entry.channel)
            }
            return givenUp
        }
        for channel in givenUp { channel.pipeline.fireUserInboundEventTriggered(GivenUp()) }
    }

    /// Notes that a client has read nearly all, or has gone.
    func forget(_ channel: any Channel) {
        state.withLock { _ = $0.remove(ObjectIdentifier(channel)) }
    }
}
