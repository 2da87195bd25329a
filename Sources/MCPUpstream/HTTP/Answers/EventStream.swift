import MCPCore
import NIOCore

/// A `text/event-stream` and what is needed to take it up again after it broke.
struct EventStream {
    struct TooLong: Error {}

    private var parser: ServerSentEventParser
    private let maximumLength: Int
    /// The identifier to resume after; nil when the server gave none that can be sent back.
    private(set) var lastEventID: FieldValue?
    /// How long the server wants us to wait before we come back.
    private(set) var retryDelay: TimeAmount?

    private static let lineOverhead = 16

    init(maximumLength: Int) {
        self.maximumLength = maximumLength
        self.parser = ServerSentEventParser(maximumLength: maximumLength + Self.lineOverhead)
    }

    mutating func append(_ bytes: ByteBuffer) {
        parser.append(bytes)
    }

    /// Returns the next event. One that only carries an identifier or a retry time has empty data.
    ///
    /// - Throws: `TooLong` when an event is longer than allowed; the stream is of no use after that.
    mutating func next() throws(TooLong) -> ServerSentEvent? {
        let event: ServerSentEvent?
        do throws(FramingError) {
            event = try parser.next()
        } catch {
            throw TooLong()
        }
        guard let event else { return nil }
        guard event.data.readableBytes <= maximumLength else { throw TooLong() }
        if let id = event.id { lastEventID = id.isEmpty ? nil : FieldValue(id) }
        if let retry = event.retry, retry >= 0 { retryDelay = .milliseconds(Int64(min(retry, 86_400_000))) }
        return event
    }

    /// Forgets what was read of an event that will not be completed. What is needed to resume is kept.
    mutating func restart() {
        parser = ServerSentEventParser(maximumLength: maximumLength + Self.lineOverhead)
    }
}

extension ServerSentEvent {
    /// Whether the event carries a message.
    var isMessage: Bool { (name.isEmpty || name == "message") && data.readableBytes > 0 }
}
