package import MCPCore
package import MCPUpstream
import NIOCore

/// A request of a client without session, as it came.
package struct ModernRequest: Sendable {
    /// Where several servers are offered, in their own names once it is known for which of them it is.
    package private(set) var message: Message
    package let id: RequestID
    package let offer: Offer
    /// What the client wants to see less of the offer.
    package let narrowing: Narrowing
    package let principal: Principal
    /// The `Mcp-Param-*` header fields, with lower-case names; nil where the transport has no header fields.
    package private(set) var parameters: [(name: String, value: String)]?
    /// What of its header fields is for servers.
    private(set) var passed: PassedFields

    package init(
        _ message: Message,
        id: RequestID,
        offer: Offer,
        narrowing: Narrowing = .none,
        principal: Principal,
        parameters: [(name: String, value: String)]? = nil,
        passed: PassedFields = .none
    ) {
        self.passed = passed
        self.message = message
        self.id = id
        self.offer = offer
        self.narrowing = narrowing
        self.principal = principal
        self.parameters = parameters
    }

    /// What the client sees of an offer of several servers; nil at a server's own path.
    var view: OfferView? { offer.view(for: principal, narrowing) }

    /// Returns what the client is offered at the moment.
    func lists(_ view: OfferView) -> SeenLists { SeenLists(view.lists(of: key), narrowing, of: principal) }

    /// Tells on which connection a server with sessions is used for this client.
    func key(at server: ServerConnections) -> ConnectionKey {
        server.key(for: principal, sessionID: nil, declaration(to: server), era: .legacy).0
    }

    /// Holds what a client has sent as arguments; nil for none.
    struct Arguments: Sendable {
        let view: JSONView?
    }

    /// Brings to servers from now on what another request of the same client says.
    mutating func bringsWhat(_ other: ModernRequest) { passed = other.passed }

    /// The arguments as the client has sent them, where others were added; nil where they are those of the message.
    private(set) var sentArguments: Arguments?

    /// Returns the same in the names of one server.
    func respelt(_ other: MemberRequest) -> ModernRequest {
        var request = self
        if other.hasPresets { request.sentArguments = Arguments(view: message.params?["arguments"]) }
        if other.isWrapped { request.parameters = nil }
        request.message = other.message
        return request
    }

    /// Says why header fields do not agree with the arguments that they repeat, as far as the client has sent these;
    /// nil when they do, or there are none by nature.
    func mismatch(at server: ServerConnections) -> String? {
        parameters.flatMap { received in
            server.headerMarks.mismatch(message, sent: sentArguments, received: received)
        }
    }

    /// Returns what a server is told of the client: what it leaves out, the proxy says of itself.
    func declaration(to server: ServerConnections?) -> ClientDeclaration {
        var declaration = server?.ownDeclaration ?? offer.ownDeclaration
        declaration.passed = passed
        let metadata = message.envelope.metadata
        if let info = message.view(metadata.clientInfo?.value) { declaration.clientInfo = info.bytes }
        if let capabilities = message.view(metadata.clientCapabilities?.value) {
            declaration.capabilities = capabilities.bytes
        }
        declaration.clientInfo.blankLineBreaks()
        declaration.capabilities.blankLineBreaks()
        return declaration
    }

    /// Which questions the client has declared to answer.
    var capabilities: DeclaredCapabilities {
        DeclaredCapabilities(message.view(message.envelope.metadata.clientCapabilities?.value))
    }

    /// What the client says of itself, comparable. Two different ones are taken for the same once in 10¹⁹ times.
    var clientHash: Int {
        var hasher = Hasher()
        if let info = message.view(message.envelope.metadata.clientInfo?.value) {
            unsafe info.bytes.withUnsafeReadableBytes { unsafe hasher.combine(bytes: $0) }
        }
        return hasher.finalize()
    }

    /// The name that the client gives of itself.
    var clientName: String? { message.view(message.envelope.metadata.clientInfo?.value)?["name"]?.string }

    var logLevel: LogLevel? { LogLevel(message.view(message.envelope.metadata.logLevel?.value)) }
}

/// Checks what every stateless request has to say of itself
/// ([per-request protocol fields, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic#meta)).
package enum ModernEnvelope {
    /// Checks that what is required is there.
    package static func checkMembers(of message: Message) throws(Refusal) {
        let metadata = message.envelope.metadata
        guard message.envelope.meta != nil else {
            throw Refusal(
                .invalidEnvelope,
                "params._meta is missing: it carries \(RequestMetadata.prefix)protocolVersion and "
                    + "\(RequestMetadata.prefix)clientCapabilities")
        }
        guard message.view(metadata.protocolVersion?.value)?.string != nil else {
            throw Refusal(
                .invalidEnvelope, "params._meta needs \(RequestMetadata.prefix)protocolVersion, a string")
        }
        guard message.view(metadata.clientCapabilities?.value)?.isObject == true else {
            throw Refusal(
                .invalidEnvelope, "params._meta needs \(RequestMetadata.prefix)clientCapabilities, an object")
        }
        if let info = metadata.clientInfo, message.view(info.value)?.isObject != true {
            throw Refusal(.invalidEnvelope, "\(RequestMetadata.prefix)clientInfo must be an object")
        }
        if let level = metadata.logLevel, LogLevel(message.view(level.value)) == nil {
            throw Refusal(.invalidEnvelope, "\(RequestMetadata.prefix)logLevel must be one of \(LogLevel.names)")
        }
    }

    /// Checks that we speak the revision.
    package static func checkVersion(_ name: String) throws(Refusal) {
        if let version = ProtocolVersion(name), version.era == .modern { return }
        var data = ByteBuffer(string: #"{"supported":"#)
        data.writeImmutableBuffer(DiscoverResult.versions)
        data.writeStaticString(#","requested":"#)
        data.writeJSONString(name)
        data.writeStaticString("}")
        throw Refusal(.unsupportedVersion, "Unsupported protocol version", data: data)
    }
}
