import MCPCore
package import MCPGateway
package import NIOCore

/// Remembers what goes back to a client for one request.
///
/// Used on one thread at a time; that is what makes `@unchecked Sendable` true.
package final class ReplyRecorder: ReplySink, @unchecked Sendable {
    package let carriesMessages: Bool
    package let origin = RequestOrigin()
    package private(set) var messages: [String] = []
    package private(set) var answers: [String] = []
    package private(set) var abandonments = 0
    /// Something came after the end: always a defect.
    package private(set) var cameTooLate: [String] = []

    package init(carriesMessages: Bool = true) {
        self.carriesMessages = carriesMessages
    }

    /// How often the reply ended: must never be more than once.
    package var endings: Int { answers.count + abandonments }

    package func send(_ message: ByteBuffer) {
        if endings > 0 { cameTooLate.append(message.text) }
        messages.append(message.text)
    }

    package func finish(_ answer: ByteBuffer) { answers.append(answer.text) }

    package func abandon() { abandonments += 1 }
}

/// Remembers what a server says to a client outside of answers.
///
/// Used on one thread at a time; that is what makes `@unchecked Sendable` true.
package final class OutletRecorder: SessionOutlet, @unchecked Sendable {
    package var isOpen = true
    package private(set) var messages: [String] = []
    package private(set) var isClosed = false

    package init() {}

    package func send(_ message: ByteBuffer) { messages.append(message.text) }

    package func close() { isClosed = true }
}
