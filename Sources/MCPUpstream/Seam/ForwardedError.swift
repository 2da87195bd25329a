package import MCPCore
package import NIOCore

/// An error with which another proxy in between has answered for its server. It is meant for clients, as it stands.
package struct ForwardedError: Sendable, Equatable {
    package let code: ErrorCode
    package let message: String
    /// JSON.
    package let data: ByteBuffer?

    /// nil for an error of a server's own.
    init?(in answer: Message) {
        guard let code = answer.errorCode, code.isOfProxy, let error = answer.view(answer.envelope.error),
            let message = error["message"]?.string
        else { return nil }
        self.code = code
        self.message = message
        self.data = error["data"]?.bytes
    }
}
