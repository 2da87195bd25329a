package import NIOCore

/// One server-sent event ([HTML Living Standard](https://html.spec.whatwg.org/multipage/server-sent-events.html)).
package struct ServerSentEvent: Sendable, Equatable {
    /// The event's type; empty means `message`.
    package var name: String
    package var data: ByteBuffer
    /// The identifier, when this event sets one.
    package var id: String?
    /// A reconnection time in milliseconds, when this event sets one.
    package var retry: Int?

    package init(name: String = "", data: ByteBuffer = ByteBuffer(), id: String? = nil, retry: Int? = nil) {
        self.name = name
        self.data = data
        self.id = id
        self.retry = retry
    }
}

extension ByteBuffer {
    /// Writes an event whose data stands on one line.
    package mutating func writeServerSentEvent(_ event: ServerSentEvent) {
        if !event.name.isEmpty {
            writeStaticString("event: ")
            writeString(event.name)
            writeStaticString("\n")
        }
        if let id = event.id {
            writeStaticString("id: ")
            writeString(id)
            writeStaticString("\n")
        }
        if let retry = event.retry {
            writeStaticString("retry: ")
            writeDecimal(retry)
            writeStaticString("\n")
        }
        writeStaticString("data: ")
        writeImmutableBuffer(event.data)
        writeStaticString("\n\n")
    }
}
