package import MCPCore
package import MCPGateway
package import NIOCore

/// Remembers what goes back to a client without session for one request, and leaves when a test says so.
///
/// Used on one thread at a time; that is what makes `@unchecked Sendable` true.
package final class ModernReplyRecorder: ModernReplySink, @unchecked Sendable {
    package let carriesMessages = true
    package let origin = RequestOrigin()
    package private(set) var messages: [String] = []
    package private(set) var answers: [String] = []
    /// For each answer, the code of the error that it is.
    package private(set) var codes: [ErrorCode?] = []
    package private(set) var abandonments = 0
    /// Something came after the end: always a defect.
    package private(set) var cameTooLate: [String] = []
    private var hasLeft = false
    private var onLeave: (@Sendable () -> Void)?

    package init() {}

    /// How often the reply ended: must never be more than once.
    package var endings: Int { answers.count + abandonments }

    package func send(_ message: ByteBuffer) {
        if endings > 0 { cameTooLate.append(message.text) }
        messages.append(message.text)
    }

    package func finish(_ answer: ByteBuffer) { finish(answer, refusal: nil) }

    package func finish(_ answer: ByteBuffer, refusal: Refusal.Reason?) {
        if endings > 0 { cameTooLate.append(answer.text) }
        answers.append(answer.text)
        codes.append(refusal?.code)
        onLeave = nil
    }

    package func abandon() {
        abandonments += 1
        onLeave = nil
    }

    package func whenClientLeaves(_ body: @escaping @Sendable () -> Void) {
        if hasLeft { body() } else { onLeave = body }
    }

    /// The client closes its connection.
    package func leave() {
        hasLeft = true
        let body = onLeave
        onLeave = nil
        body?()
    }
}
