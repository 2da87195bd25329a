package import MCPCore
package import NIOCore

/// A request that the proxy itself says no to: the reason, and the words for whoever has to do something about it.
///
/// What a reason is on the wire stands in two places: its code here, its status and header fields in `WireErrors`.
package struct Refusal: Error, Sendable {
    /// All reasons.
    package enum Reason: Sendable, Hashable {
        // What is wrong with an HTTP request, whatever its message says.

        case malformed
        /// Malformed in a way after which nothing else on the connection is believed.
        case suspect
        case headTooLong
        case bodyTooLong
        case tooSlow
        case tokenMissing
        case tokenInvalid
        /// The token is in order, and does not allow enough.
        case scopeMissing
        /// Nobody can say for now whom a token stands for.
        case issuerAway
        case forbidden
        /// Asked for under a name that is not the proxy's.
        case foreignHost
        /// Asked for by a web page that may not.
        case foreignOrigin
        case unknownPath
        case unknownSession
        /// The methods that there are, as `Allow` names them.
        case methodNotAllowed(String)
        case notAcceptable
        case unsupportedMediaType
        case tooManyStreams
        case tooManyConnections

        // What is wrong with a message.

        case invalidRequest
        /// A request with this identifier is still under way.
        case identifierInUse
        /// A stateless request does not say of itself what it has to.
        case invalidEnvelope
        case invalidParams
        /// A tool that the caller does not see.
        case hiddenTool
        case methodNotFound
        case headerMismatch
        case unsupportedVersion
        case missingClientCapability
        case inputNotGiven
        /// The server answered in a way that the protocol does not allow.
        case invalidAnswer
        /// What it is about is not what the operator has approved.
        case notApproved

        // What the proxy has no room for now.

        case shuttingDown
        case overloaded
        /// More than the caller may make in a minute; in how many seconds there will be room.
        case tooManyCalls(retryAfter: Int)
        /// The audit cannot be written, and nothing is done without it.
        case notAudited
    }

    package let reason: Reason
    package let words: String
    package var data: ByteBuffer?
    /// Scopes that a token would have to have, beside those that every token has.
    package var scopes: [String] = []
    /// What tells a client where to get a better token, where there is such a place.
    package var challenge: String?
    /// The offer that the request was for, where that is known.
    package var server: String?
    /// Who has sent it, where that is known.
    package var principal: Principal?

    /// - Parameter data: The `data` of the error, in JSON.
    package init(_ reason: Reason, _ words: String, data: ByteBuffer? = nil) {
        self.reason = reason
        self.words = words
        self.data = data
    }

    package static let shuttingDown = Refusal(
        .shuttingDown, "the proxy is shutting down; connect again in a moment")
    /// Says that a call is ended that was under way.
    static func ended(_ reason: String) -> Refusal { Refusal(.shuttingDown, "the call was ended: \(reason)") }

    /// Says that a tool is not shown, in the words in which one is that does not exist.
    static func hidden(_ tool: String) -> Refusal { Refusal(.hiddenTool, "Unknown tool: \(tool)") }

    package static let identifierInUse = Refusal(.identifierInUse, "a request with this id is still in flight")

    /// Returns the error response.
    ///
    /// - Parameter id: nil where it is not known, or the transport has none.
    package func answer(to id: RequestID?) -> ByteBuffer {
        OwnMessages.error(id: id, code: reason.code, message: words, json: data)
    }
}

extension Refusal.Reason {
    /// The JSON-RPC code.
    package var code: ErrorCode {
        switch self {
        case .malformed, .suspect, .headTooLong, .bodyTooLong, .tooSlow, .tokenMissing, .tokenInvalid, .scopeMissing,
            .forbidden, .foreignHost, .foreignOrigin,
            .unknownPath, .unknownSession, .methodNotAllowed, .notAcceptable, .unsupportedMediaType, .tooManyStreams,
            .tooManyConnections, .invalidRequest, .identifierInUse:
            .invalidRequest
        case .invalidEnvelope, .invalidParams, .hiddenTool: .invalidParams
        case .methodNotFound: .methodNotFound
        case .headerMismatch: .headerMismatch
        case .unsupportedVersion: .unsupportedVersion
        case .missingClientCapability: .missingClientCapability
        case .inputNotGiven: .inputNotGiven
        case .invalidAnswer: .invalidAnswer
        case .notApproved: .notApproved
        case .shuttingDown: .shuttingDown
        case .overloaded, .tooManyCalls, .issuerAway, .notAudited: .overloaded
        }
    }

    /// What a server's own error is here as well, because the specification gives the code a meaning for the request and
    /// not for its outcome; nil for all else.
    package init?(of code: ErrorCode?) {
        switch code {
        case ErrorCode.methodNotFound: self = .methodNotFound
        case ErrorCode.headerMismatch: self = .headerMismatch
        case ErrorCode.missingClientCapability: self = .missingClientCapability
        case ErrorCode.unsupportedVersion: self = .unsupportedVersion
        default: return nil
        }
    }
}
