package import NIOCore

/// Why bytes are not one acceptable message.
package struct MessageError: Error, Sendable, Equatable {
    /// Whether the bytes are no JSON, or JSON that is no message.
    package enum Code: Sendable, Equatable {
        /// Not JSON: JSON-RPC's -32700.
        case malformed
        /// JSON, but not a request, notification or response: JSON-RPC's -32600.
        case invalid
        /// A request whose parameters nobody can read: JSON-RPC's -32602.
        case invalidParameters
    }

    package let code: Code
    package let reason: String
    /// The identifier of the refused request, where it could be read.
    package let id: RequestID?

    /// A name that comes twice is still JSON, but no message that everybody reads alike.
    static func malformed(_ error: JSONError) -> MessageError {
        MessageError(code: error.code == .duplicateKey ? .invalid : .malformed, reason: error.description, id: nil)
    }

    /// The error response that says so.
    package var answer: ByteBuffer {
        let rpc: ErrorCode =
            switch code {
            case .malformed: .parseError
            case .invalid: .invalidRequest
            case .invalidParameters: .invalidParams
            }
        return OwnMessages.error(id: id, code: rpc, message: reason)
    }
}
