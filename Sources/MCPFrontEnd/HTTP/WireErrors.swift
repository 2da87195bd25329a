import MCPGateway
import NIOHTTP1

/// Says what each refusal is over HTTP, in both eras; no other place says so.
///
/// A session's messages are answered with 200, whatever the answer says; in revision 2026-07-28 the status repeats what
/// the error says of the request
/// ([Streamable HTTP, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http)).
enum WireErrors {
    static func status(of reason: Refusal.Reason) -> HTTPResponseStatus {
        switch reason {
        case .malformed, .suspect, .identifierInUse, .invalidEnvelope, .headerMismatch, .unsupportedVersion,
            .missingClientCapability:
            .badRequest
        case .tokenMissing, .tokenInvalid: .unauthorized
        case .forbidden, .scopeMissing, .foreignHost, .foreignOrigin: .forbidden
        case .unknownPath, .unknownSession, .methodNotFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .notAcceptable: .notAcceptable
        case .tooSlow: .requestTimeout
        case .tooManyStreams: .conflict
        case .bodyTooLong: .payloadTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .headTooLong: .requestHeaderFieldsTooLarge
        case .tooManyConnections, .shuttingDown, .overloaded, .issuerAway, .notAudited:
            .serviceUnavailable
        case .tooManyCalls: .tooManyRequests
        // These tell of the outcome, which the body does.
        case .invalidRequest, .invalidParams, .hiddenTool, .inputNotGiven, .invalidAnswer, .notApproved: .ok
        }
    }

    static func headers(of refusal: Refusal) -> [(String, String)] {
        let usual = headers(of: refusal.reason)
        guard let challenge = refusal.challenge else { return usual }
        return usual.filter { $0.0 != "WWW-Authenticate" } + [("WWW-Authenticate", challenge)]
    }

    static func headers(of reason: Refusal.Reason) -> [(String, String)] {
        switch reason {
        case .tokenMissing: [("WWW-Authenticate", "Bearer")]
        case .tokenInvalid: [("WWW-Authenticate", "Bearer error=\"invalid_token\"")]
        case .methodNotAllowed(let allowed): [("Allow", allowed)]
        case .tooManyConnections: [("Retry-After", "1")]
        case .shuttingDown, .overloaded, .issuerAway, .notAudited: [("Retry-After", "5")]
        case .tooManyCalls(let seconds): [("Retry-After", "\(seconds)")]
        case .malformed, .suspect, .headTooLong, .bodyTooLong, .tooSlow, .scopeMissing, .forbidden, .foreignHost,
            .foreignOrigin, .unknownPath, .unknownSession, .notAcceptable, .unsupportedMediaType, .tooManyStreams,
            .invalidRequest, .identifierInUse,
            .invalidEnvelope, .invalidParams, .hiddenTool, .methodNotFound, .headerMismatch, .unsupportedVersion,
            .missingClientCapability, .inputNotGiven, .invalidAnswer, .notApproved:
            []
        }
    }

    /// Tells whether nothing after the request on its connection is believed.
    static func closesConnection(_ reason: Refusal.Reason) -> Bool { reason == .suspect }
}
