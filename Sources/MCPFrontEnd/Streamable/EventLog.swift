import NIOCore

/// The events of one session that can still be sent again, oldest first, bounded in number and bytes.
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
    private let maximumCount: Int
    private let maximumBytes: Int
    private let budget: ReplayBudget

    init(maximumCount: Int, maximumBytes: Int, budget: ReplayBudget) {
        self.budget = budget
        self.maximumCount = maximumCount
        self.maximumBytes = maximumBytes
    }

    /// The next identifier of a stream, for an event that need not be repeated.
    mutating func nextID(for stream: Int) -> EventID {
        let sequence = nextSequence[stream, default: 0]
        nextSequence[stream] = sequence + 1
        return EventID(stream: stream, sequence: sequence)
    }

    /// Remembers an event and gives it its identifier.
    ///
    /// One that is larger than the whole log is kept only while nobody has received it, and only as far as the
    /// budget of all sessions goes.
    mutating func append(_ data: ByteBuffer, to stream: Int, isReceived: Bool) -> EventID {
        let id = nextID(for: stream)
        if data.readableBytes > maximumBytes {
            guard !isReceived, budget.reserve(data.readableBytes) else { return id }
            oversized.append(Entry(id: id, data: data))
            kept[stream, default: 0] += 1
            return id
        }
        entries.append(Entry(id: id, data: data))
        kept[stream, default: 0] += 1
        bytes += data.readableBytes
        trim()
        return id
    }

    private mutating func trim() {
        var dropped = 0
        var left = bytes
        while entries.count - dropped > maximumCount || left > maximumBytes {
            left -= entries[dropped].data.readableBytes
            dropped += 1
        }
        guard dropped > 0 else { return }
        for entry in entries[..<dropped] {
            release(entry.id.stream)
            if finished.contains(entry.id.stream) { forgetIfEmpty(entry.id.stream) }
        }
        entries.removeFirst(dropped)
        bytes = left
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

    /// What came on a stream after an event.
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
        }
        oversized.removeAll(where: isMeant)
    }

    /// Whether a stream that is remembered has had this event.
    func knows(_ id: EventID) -> Bool {
        id.sequence >= 0 && id.sequence < nextSequence[id.stream, default: 0]
    }
}
