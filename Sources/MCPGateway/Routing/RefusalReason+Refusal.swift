package import Metrics

extension RefusalReason {
    /// Says as what a refusal is counted.
    package init(_ reason: Refusal.Reason) {
        self =
            switch reason {
            case .tokenMissing, .tokenInvalid: .unauthorized
            case .forbidden, .scopeMissing: .forbidden
            case .foreignHost: .host
            case .foreignOrigin: .origin
            case .issuerAway: .issuer
            case .unknownPath, .unknownSession, .hiddenTool: .unknown
            case .notApproved: .pinned
            case .headTooLong, .bodyTooLong: .tooLarge
            case .tooSlow: .tooSlow
            case .tooManyConnections: .connections
            case .tooManyStreams, .overloaded: .overloaded
            case .tooManyCalls: .callsPerMinute
            case .shuttingDown: .shuttingDown
            case .notAudited: .audit
            case .malformed, .suspect, .methodNotAllowed, .notAcceptable, .unsupportedMediaType, .invalidRequest,
                .identifierInUse, .invalidEnvelope, .invalidParams, .methodNotFound, .headerMismatch,
                .unsupportedVersion, .missingClientCapability, .inputNotGiven, .invalidAnswer:
                .malformed
            }
    }
}
