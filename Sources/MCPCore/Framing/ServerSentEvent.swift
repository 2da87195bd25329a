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

extension ServerSentEvent {
    /// How many bytes it takes.
    package var length: Int {
        var length = 6 + data.readableBytes + 2
        if !name.isEmpty { length += 7 + name.utf8.count + 1 }
        if let id { length += 4 + id.utf8.count + 1 }
        if let retry { length += 7 + String(retry).utf8.count + 1 }
        return length
    }
}

extension ByteBuffer {
    /// Writes what stands before the data of an event.
    package mutating func writeServerSentEventStart(_ event: ServerSentEvent) {
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
    }

    /// Writes what stands after the data, which stands on one line.
    package mutating func writeServerSentEventEnd() {
        writeStaticString("\n\n")
    }
}
