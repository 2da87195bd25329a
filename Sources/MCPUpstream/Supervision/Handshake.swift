package import MCPCore
package import NIOCore

/// What an upstream is told of the client in `initialize`.
package struct Handshake: Sendable {
    /// The `clientInfo` object, as the client wrote it.
    package var clientInfo: ByteBuffer
    /// The `capabilities` object, as the client wrote it.
    package var capabilities: ByteBuffer

    package init(clientInfo: ByteBuffer, capabilities: ByteBuffer = ByteBuffer(string: "{}")) {
        self.clientInfo = clientInfo
        self.capabilities = capabilities
    }

    /// The parameters of an `initialize` request that offers our latest legacy revision.
    var params: ByteBuffer {
        var params = ByteBuffer()
        params.writeStaticString(#"{"protocolVersion":"#)
        params.writeJSONString(ProtocolVersion.latestLegacy.name)
        params.writeStaticString(#","capabilities":"#)
        params.writeImmutableBuffer(capabilities)
        params.writeStaticString(#","clientInfo":"#)
        params.writeImmutableBuffer(clientInfo)
        params.writeStaticString("}")
        return params
    }
}

/// What an upstream answered to `initialize`.
package struct HandshakeResult: Sendable {
    /// The whole result, as the server wrote it.
    package let result: JSONText
    package let version: ProtocolVersion

    /// Whether the server declared a capability.
    package func declares(_ capability: String) -> Bool {
        result.root["capabilities"]?[capability] != nil
    }

    /// Reads the answer to `initialize`.
    ///
    /// - Throws: `UpstreamFailure.Code.handshakeRefused` for an error, or a revision that we do not speak.
    init(_ answer: Message) throws(UpstreamFailure) {
        if let error = answer.view(answer.envelope.error) {
            let words = error["message"]?.string ?? "no reason given"
            throw UpstreamFailure(.handshakeRefused, "it refused the handshake: \(words)")
        }
        guard let result = answer.view(answer.envelope.result), let name = result["protocolVersion"]?.string else {
            throw UpstreamFailure(.handshakeRefused, "its answer to the handshake names no protocolVersion")
        }
        guard let version = ProtocolVersion(name) else {
            let known = ProtocolVersion.legacy.map(\.name).joined(separator: ", ")
            throw UpstreamFailure(
                .handshakeRefused,
                "it speaks protocol version \(name.prefix(40)), which is none of \(known)"
            )
        }
        self.result = JSONText(accepted: result.bytes)
        self.version = version
    }
}
