package import MCPCore
package import NIOCore

/// Holds what a client says of itself, and an upstream is told of it: in `initialize`, or with every request.
package struct ClientDeclaration: Sendable {
    /// The `clientInfo` object, as the client wrote it.
    package var clientInfo: ByteBuffer
    /// The `capabilities` object, as the client wrote it.
    package var capabilities: ByteBuffer
    /// What of its requests' header fields is for servers.
    package var passed = PassedFields.none

    package init(clientInfo: ByteBuffer, capabilities: ByteBuffer = ByteBuffer(string: "{}")) {
        self.clientInfo = clientInfo
        self.capabilities = capabilities
    }

    /// Returns the parameters of an `initialize` request.
    func params(offering version: ProtocolVersion) -> ByteBuffer {
        var params = ByteBuffer()
        params.writeStaticString(#"{"protocolVersion":"#)
        params.writeJSONString(version.name)
        params.writeStaticString(#","capabilities":"#)
        params.writeImmutableBuffer(capabilities)
        params.writeStaticString(#","clientInfo":"#)
        params.writeImmutableBuffer(clientInfo)
        params.writeStaticString("}")
        return params
    }

    /// The name that the client gives of itself.
    package var clientName: String? { JSONText(accepted: clientInfo).root["name"]?.string }

    /// The same, said with every request.
    package var metadata: RequestMetadata { RequestMetadata(clientInfo: clientInfo, capabilities: capabilities) }
}
