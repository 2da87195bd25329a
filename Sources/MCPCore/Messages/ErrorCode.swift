/// JSON-RPC error codes.
///
/// The proxy's own lie outside the range that JSON-RPC reserves, so that they are never taken for a server's.
package struct ErrorCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    package static let parseError = ErrorCode(rawValue: -32700)
    package static let invalidRequest = ErrorCode(rawValue: -32600)
    package static let methodNotFound = ErrorCode(rawValue: -32601)
    package static let invalidParams = ErrorCode(rawValue: -32602)
    package static let internalError = ErrorCode(rawValue: -32603)

    /// A resource does not exist: what revisions up to 2025-11-25 say where later ones say `invalidParams`.
    package static let resourceNotFound = ErrorCode(rawValue: -32002)
    /// A URL has to be visited first; revision 2025-11-25 only.
    package static let urlElicitationRequired = ErrorCode(rawValue: -32042)
    /// Header and body do not agree; since 2026-07-28, as the two after it.
    package static let headerMismatch = ErrorCode(rawValue: -32020)
    package static let missingClientCapability = ErrorCode(rawValue: -32021)
    package static let unsupportedVersion = ErrorCode(rawValue: -32022)

    /// The server cannot be reached or could not be started.
    package static let serverUnavailable = ErrorCode(rawValue: -31001)
    /// The server ended, or its connection broke, after the request had been sent.
    package static let serverLost = ErrorCode(rawValue: -31002)
    /// The server did not answer in time.
    package static let serverTimeout = ErrorCode(rawValue: -31003)
    /// Too many calls are under way.
    package static let overloaded = ErrorCode(rawValue: -31004)
    /// The proxy is shutting down.
    package static let shuttingDown = ErrorCode(rawValue: -31005)
    /// The server answered in a way that the protocol does not allow.
    package static let invalidAnswer = ErrorCode(rawValue: -31006)
    /// The client did not give what the server asked it for.
    package static let inputNotGiven = ErrorCode(rawValue: -31007)

    /// What the server shows of itself is not what the operator has approved.
    package static let notApproved = ErrorCode(rawValue: -31008)

    /// Whether a proxy like this one gives it for what is between it and a server.
    package var isOfProxy: Bool { (-31_099 ... -31_000).contains(rawValue) }
}
