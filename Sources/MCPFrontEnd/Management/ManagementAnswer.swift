import MCPCore
import Metrics
import NIOCore
import NIOHTTP1

/// A whole answer of the management API.
struct ManagementAnswer: Sendable {
    let status: HTTPResponseStatus
    let body: ByteBuffer?
    let mediaType: String
    let headers: [(String, String)]
    /// Why the request is refused, if it is.
    var refusal: String?

    init(
        _ status: HTTPResponseStatus, _ body: ByteBuffer?, mediaType: String = "application/json",
        headers: [(String, String)] = []
    ) {
        self.status = status
        self.body = body
        self.mediaType = mediaType
        // What servers are and say changes, and is for the caller only.
        self.headers = headers + [("Cache-Control", "no-store")]
    }

    /// Sends it.
    func send(_ responder: HTTPResponder) {
        responder.runNowOrLater { [self] responder in
            if let refusal { responder.note(refusal: status, RefusalReason(status), refusal) }
            if let body {
                responder.respond(status, body: body, mediaType: mediaType, headers)
            } else {
                responder.respond(status, headers)
            }
        }
    }
}

extension RefusalReason {
    /// Says as what a refusal of the management API is counted, which its status tells.
    fileprivate init(_ status: HTTPResponseStatus) {
        self =
            switch status {
            case .unauthorized: .unauthorized
            case .forbidden: .forbidden
            case .notFound: .unknown
            case .payloadTooLarge: .tooLarge
            case .tooManyRequests, .insufficientStorage: .overloaded
            case .serviceUnavailable: .shuttingDown
            default: .malformed
            }
    }
}
