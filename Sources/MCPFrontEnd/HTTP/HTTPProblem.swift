import MCPCore
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
    /// Refuses the request in words.
    func refuse(_ status: HTTPResponseStatus, _ reason: String, headers: [(String, String)] = []) {
        refuse(status, reason, with: HTTPProblem.body(reason), headers)
    }

    /// Refuses the request with an error of its own.
    ///
    /// - Parameter reason: What the log says.
    func refuse(
        _ status: HTTPResponseStatus, _ reason: String, with answer: ByteBuffer, _ headers: [(String, String)] = []
    ) {
        note(refusal: status, reason)
        respond(status, json: answer, headers)
    }

    /// Refuses a request for its body.
    func refuseBody(longerThan maximum: Int) {
        refuse(.payloadTooLarge, "the body is longer than \(maximum) bytes (limits.maxBodyBytes)")
    }

    func refuse(_ refusal: Refusal) {
        note(refusal: refusal.status, refusal.reason, server: refusal.server)
        respond(
            refusal.status,
            json: HTTPProblem.body(refusal.reason),
            refusal.headers,
            closing: refusal.closesConnection
        )
    }
}
