package import NIOCore

/// Who asks: what every request of a stateless revision says of its client in `params._meta`
/// ([base protocol, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic#meta)).
package struct RequestMetadata: Sendable {
    package static let prefix = "io.modelcontextprotocol/"

    /// The members as JSON, with commas between them.
    private let members: ByteBuffer

    /// - Parameters:
    ///   - clientInfo: A JSON object.
    ///   - capabilities: A JSON object.
    package init(clientInfo: ByteBuffer, capabilities: ByteBuffer, version: ProtocolVersion = .latestModern) {
        var members = ByteBuffer()
        members.writeStaticString(#""io.modelcontextprotocol/protocolVersion":"#)
        members.writeJSONString(version.name)
        members.writeStaticString(#","io.modelcontextprotocol/clientInfo":"#)
        members.writeImmutableBuffer(clientInfo)
        members.writeStaticString(#","io.modelcontextprotocol/clientCapabilities":"#)
        members.writeImmutableBuffer(capabilities)
        self.members = members
    }

    /// What a request needs so that it says who asks.
    ///
    /// - Parameters:
    ///   - request: A request of a revision with a handshake, or one of ours.
    ///   - logLevel: From which level on the client wants to hear log messages; nil for none.
    ///   - more: Further members of `params` as JSON, with commas between them.
    ///   - change: What else of `_meta` is written anew.
    package func edits(
        for request: Message, logLevel: LogLevel?, more: ByteBuffer = ByteBuffer(), besides change: MetaChange? = nil
    ) -> [Edit] {
        var (members, removed) = (with(logLevel), request.envelope.metadata.ofCaller)
        if let change {
            removed += change.removed
            if change.inserted.readableBytes > 0 {
                members.writeStaticString(",")
                members.writeImmutableBuffer(change.inserted)
            }
        }
        return request.metaEdits(inserting: members, removing: removed, besides: more) + (change?.replaced ?? [])
    }

    /// The `params` object of a request of ours that needs nothing else.
    package var params: ByteBuffer {
        var params = ByteBuffer()
        params.writeStaticString(#"{"_meta":{"#)
        params.writeImmutableBuffer(members)
        params.writeStaticString("}}")
        return params
    }

    private func with(_ logLevel: LogLevel?) -> ByteBuffer {
        guard let logLevel else { return members }
        var members = members
        members.writeStaticString(#","io.modelcontextprotocol/logLevel":"#)
        members.writeJSONString(logLevel.rawValue)
        return members
    }
}
