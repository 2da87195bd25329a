package import MCPCore

/// A request as one particular server is to get it. It is made when its turn comes, because only then it is certain
/// what the server speaks.
package struct OutgoingRequest: Sendable {
    package var message: Message
    /// What is changed besides identifier and progress token, which whoever sends it sets.
    package var edits: [Edit]
    /// The `Mcp-Param-*` fields that go with it over HTTP.
    package var parameters: [(name: String, value: String)]
    /// What its client's request says in header fields that are for the server; nil for a request of the proxy's own, which
    /// goes with what the link has last been told.
    package var brought: BroughtFields?
    /// Of which trace it says in header fields that it is a part, where there are any.
    package var trace: TraceContext?
    /// Whether it stays open for as long as somebody wants, so that silence means nothing.
    package var isOpenEnded: Bool

    package init(
        _ message: Message,
        edits: [Edit] = [],
        parameters: [(name: String, value: String)] = [],
        isOpenEnded: Bool = false
    ) {
        self.message = message
        self.edits = edits
        self.parameters = parameters
        self.isOpenEnded = isOpenEnded
    }
}

/// The header fields by which a stateless request over HTTP tells intermediaries what it is
/// ([request metadata, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#request-metadata)).
package struct MirroredFields: Sendable {
    package let version: ProtocolVersion
    package let method: String
    /// What it is about, in the form in which a header may carry it.
    package let name: String?
    package let parameters: [(name: String, value: String)]

    init(_ request: OutgoingRequest, version: ProtocolVersion) {
        let message = request.message
        self.version = version
        self.method = message.methodName
        self.name = message.view(message.mirroredName)?.string.map(HeaderValue.encode)
        self.parameters = request.parameters
    }
}
