import NIOCore

/// The events of one session that can still be sent again, oldest first, bounded in number and bytes: more closely once
/// the client has been away for a while, and by one budget for all sessions.
///
/// An event's identifier names its stream and its place there, so that a resumed stream never replays another's.
struct EventLog {
    struct EventID: Equatable {
        let stream: Int
        let sequence: Int

        var text: String { "\(stream)-\(sequence)" }

        init(stream: Int, sequence: Int) {
            self.stream = stream
            self.sequence = sequence
        }

        /// Reads what a client sends as `Last-Event-ID`.
        init?(_ text: String) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let stream = Int(parts[0]), let sequence = Int(parts[1]) else { return nil }
            self.init(stream: stream, sequence: sequence)
            // Only as it was given out: no signs, no leading zeros.
            guard self.text == text else { return nil }
        }
    }

    struct Entry {
        let id: EventID
        let data: ByteBuffer
    }

    private var entries: [Entry] = []
    private var oversized: [Entry] = []
    private var bytes = 0
    private var nextSequence: [Int: Int] = [:]
    private var finished: Set<Int> = []
    /// How many events of a stream are kept.
    private var kept: [Int: Int] = [:]
    private var isAway = false
    private let maximumCount: Int
    private let maximumBytes: Int
    private let maximumBytesAway: Int
    private let budget: ByteBudget

    init(maximumCount: Int, maximumBytes: Int, maximumBytesAway: Int, budget: ByteBudget) {
        self.budget = budget
        self.maximumCount = maximumCount
        self.maximumBytes = maximumBytes
        self.maximumBytesAway = min(maximumBytes, maximumBytesAway)
    }

    /// How many bytes of events are kept, apart from those that are larger.
    private var room: Int { isAway ? maximumBytesAway : maximumBytes }

    /// Returns the next identifier of a stream, for an event that need not be repeated.
    mutating func nextID(for stream: Int) -> EventID {
        let sequence = nextSequence[stream, default: 0]
        nextSequence[stream] = sequence + 1
        return EventID(stream: stream, sequence: sequence)
    }

    /// Remembers an event and gives it its identifier.
    ///
    /// One that is larger than the whole log is kept only while nobody has received it.
    mutating func append(_ data: ByteBuffer, to stream: Int, isReceived: Bool) -> EventID {
        let id = nextID(for: stream)
        let size = data.readableBytes
        guard size <= room else {
            guard !isReceived, budget.reserve(size) else { return id }
            oversized.append(Entry(id: id, data: data))
            kept[stream, default: 0] += 1
            return id
        }
        trim(toCount: maximumCount - 1, bytes: room - size)
        guard maximumCount > 0, reserve(size) else { return id }
        entries.append(Entry(id: id, data: data))
        kept[stream, default: 0] += 1
        bytes += size
        return id
    }

    /// Takes from the budget, and where that is used up gives up the oldest events for it.
    private mutating func reserve(_ size: Int) -> Bool {
        while !budget.reserve(size) {
            guard !entries.isEmpty else { return false }
            trim(toCount: entries.count - 1, bytes: bytes)
        }
        return true
    }

    private mutating func trim(toCount count: Int, bytes most: Int) {
        var dropped = 0
        var left = bytes
        while dropped < entries.count, entries.count - dropped > count || left > most {
            left -= entries[dropped].data.readableBytes
            dropped += 1
        }
        guard dropped > 0 else { return }
        for entry in entries[..<dropped] {
            release(entry.id.stream)
            if finished.contains(entry.id.stream) { forgetIfEmpty(entry.id.stream) }
        }
        entries.removeFirst(dropped)
        budget.release(bytes - left)
        bytes = left
    }

    /// Keeps less from now on, because no client has been there for a while.
    mutating func clientIsAway() {
        guard !isAway else { return }
        isAway = true
        trim(toCount: maximumCount, bytes: room)
        // What is left may be small parts of large reads.
        entries = entries.map { Entry(id: $0.id, data: ByteBuffer(bytes: $0.data.readableBytesView)) }
    }

    /// Keeps as much as for every client.
    mutating func clientIsBack() {
        isAway = false
    }

    /// Forgets all events. Identifiers go on.
    mutating func removeAll() {
        trim(toCount: 0, bytes: 0)
        releaseOversized()
    }

    /// Notes that one event of a stream is kept no longer.
    private mutating func release(_ stream: Int) {
        guard let count = kept[stream] else { return }
        kept[stream] = count > 1 ? count - 1 : nil
    }

    /// Notes that nothing more comes on a stream. It can be resumed as long as one of its events is kept.
    mutating func finish(_ stream: Int) {
        finished.insert(stream)
        forgetIfEmpty(stream)
    }

    private mutating func forgetIfEmpty(_ stream: Int) {
        guard kept[stream] == nil else { return }
        finished.remove(stream)
        nextSequence[stream] = nil
    }

    /// Returns what came on a stream after an event.
    func entries(after id: EventID) -> [Entry] {
        (entries + oversized).filter { $0.id.stream == id.stream && $0.id.sequence > id.sequence }
            .sorted { $0.id.sequence < $1.id.sequence }
    }

    /// Forgets the large events of a stream, once somebody has them or nobody can ask any more.
    mutating func releaseOversized(of stream: Int? = nil) {
        let isMeant = { (entry: Entry) in stream == nil || entry.id.stream == stream }
        for entry in oversized where isMeant(entry) {
            budget.release(entry.data.readableBytes)
            release(entry.id.stream)
            if finished.contains(entry.id.stream) { forgetIfEmpty(entry.id.stream) }
        }
        oversized.removeAll(where: isMeant)
    }

    /// Tells whether a stream that is remembered has had this event.
    func knows(_ id: EventID) -> Bool {
        id.sequence >= 0 && id.sequence < nextSequence[id.stream, default: 0]
    }
}
