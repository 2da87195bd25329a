import MCPCore
import MCPGateway
import Metrics
import NIOCore
import NIOHTTP1

/// The body of an HTTP refusal: a JSON-RPC error without an identifier, which the transport allows for any status
/// ([2025-11-25, Streamable HTTP](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports)).
enum HTTPProblem {
    static func body(_ reason: String) -> ByteBuffer {
        OwnMessages.error(id: nil, code: .invalidRequest, message: reason)
    }
}

extension HTTPResponder {
    /// Refuses an HTTP request, of which no message is answered.
    func refuse(_ refusal: Refusal, closing: Bool = false) {
        refuse(refusal, with: HTTPProblem.body(refusal.words), closing: closing)
    }

    /// Refuses the message of an HTTP request.
    func refuse(_ refusal: Refusal, to id: RequestID?) {
        refuse(refusal, with: refusal.answer(to: id))
    }

    private func refuse(_ refusal: Refusal, with answer: ByteBuffer, closing: Bool = false) {
        let status = WireErrors.status(of: refusal.reason)
        if status != .ok {
            note(
                refusal: status, RefusalReason(refusal.reason), refusal.words, server: refusal.server,
                by: refusal.principal)
        }
        respond(
            status,
            json: answer,
            WireErrors.headers(of: refusal),
            closing: closing || WireErrors.closesConnection(refusal.reason)
        )
    }

    /// Refuses bytes that are not a message.
    func refuse(_ error: MessageError) {
        note(refusal: .badRequest, .malformed, error.reason)
        respond(.badRequest, json: error.answer)
    }

    /// Refuses a request for its body.
    func refuseBody(longerThan maximum: Int) {
        refuse(Refusal(.bodyTooLong, "the body is longer than \(maximum) bytes (limits.maxBodyBytes)"))
    }
}
