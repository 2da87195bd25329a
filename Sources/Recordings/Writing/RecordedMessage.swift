package import NIOCore

/// Something that passes the proxy, as it is told to the recorder: nothing is read of it before that writes it.
package struct RecordedMessage: Sendable {
    /// What passes.
    package enum Content: Sendable {
        /// A message, or what was to be one.
        case message(ByteBuffer)
        /// What a server says of itself, as it was known before.
        case introduction(version: String, ByteBuffer)
        /// There is no message, for this reason.
        case failure(String)
        /// The request was cancelled: there is no answer.
        case cancelled
    }

    package let side: RecordedSide
    package let direction: RecordedDirection
    package let content: Content
    /// The server that it is for, or comes from; nil where the proxy itself answers for several.
    package var server: String?
    /// The client's request to which it belongs, as `X-Request-Id` has it.
    package var request: String?
    package var principal: String?
    /// The place at which the client is served.
    package var route: String?
    /// A client's session. What is written is a number in its place: who knows it could use the session.
    package var session: String?
    /// Tells connections to a server apart.
    package var connection: Int?
    package var era: String?
    /// The HTTP status with which it goes to the client, or with which a server has refused.
    package var status: Int?
    /// The method of the request that is answered.
    package var method: String?
    /// In seconds since 1970; 0 for the moment at which the recorder is told.
    package var time: Double = 0

    package init(_ side: RecordedSide, _ direction: RecordedDirection, _ content: Content) {
        self.side = side
        self.direction = direction
        self.content = content
    }

    /// How much memory it takes while it waits, about.
    var cost: Int {
        switch content {
        case .message(let bytes), .introduction(_, let bytes): 512 + bytes.readableBytes
        case .failure, .cancelled: 512
        }
    }
}
