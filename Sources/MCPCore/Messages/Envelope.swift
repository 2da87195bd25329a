/// What the proxy has to know of a message: its kind, and where the routed members stand in its bytes.
package struct Envelope: Sendable, Equatable {
    /// What a message is, by the members that it has.
    package enum Kind: Sendable, Equatable {
        case request
        case notification
        case result
        case error
    }

    package internal(set) var kind = Kind.notification
    package internal(set) var method = Method.other
    /// The method's characters, without quotes.
    package internal(set) var methodName: ByteRange?
    package internal(set) var id: ByteRange?
    package internal(set) var params: ByteRange?
    package internal(set) var result: ByteRange?
    package internal(set) var error: ByteRange?
    /// `params.name`: which tool or prompt.
    package internal(set) var name: ByteRange?
    /// `params.uri`: which resource.
    package internal(set) var uri: ByteRange?
    /// `params.level` of logging requests and notifications.
    package internal(set) var level: ByteRange?
    /// `params._meta`.
    package internal(set) var meta: ByteRange?
    /// `params._meta.progressToken` of a request, `params.progressToken` of a notification.
    package internal(set) var progressToken: ByteRange?
    /// `params.requestId` of a cancellation.
    package internal(set) var requestID: ByteRange?
    /// `params._meta["io.modelcontextprotocol/protocolVersion"]`, which only modern requests carry.
    package internal(set) var metaProtocolVersion: ByteRange?
    /// Whether a line break stands between tokens, which line and event framing cannot carry.
    package internal(set) var hasLineBreak = false
}
