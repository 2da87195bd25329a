/// Reads `headersFromClient` of a server.
enum PassedHeaderConversion {
    /// What belongs to the connection or the message, and what the protocol has for its own.
    private static let ofMessage: Set<String> = [
        "accept", "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect",
        "host",
        "keep-alive", "last-event-id", "mcp-method", "mcp-name", "mcp-protocol-version", "mcp-session-id",
        "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding",
        "upgrade",
    ]
    /// What of a client's request is for the proxy alone, or names its user to it.
    private static let ofClient: Set<String> = ["authorization", "cookie"]

    /// The headers in the order written; what cannot be passed on is reported.
    static func headers(
        in server: ObjectReader, for transport: ServerTransport?, _ authorization: ServerAuthorizationSettings,
        _ context: inout ConversionContext
    ) -> [PassedHeader] {
        guard let node = server.node("headersFromClient") else { return [] }
        if transport?.startsProcess == true, !node.isEmpty {
            context.error(
                "the key is for servers with url: a program gets no headers", at: node.position,
                server.path("headersFromClient"), write: "Remove it")
        }
        var configured: Set<String> = []
        if case .http(_, let fields, _, _)? = transport { configured = Set(fields.map { $0.name.lowercased() }) }
        var seen: Set<String> = []
        return server.members("headersFromClient", &context).compactMap { member, path in
            guard let clientName = ObjectReader.text(member.value, path, &context),
                isUpstreamName(member, path, &context),
                isClientName(clientName, member.value, path, &context)
            else { return nil }
            let upstreamName = member.name.lowercased()
            if !seen.insert(upstreamName).inserted {
                context.error(
                    "the header is given twice in different case", at: member.position, path,
                    write: "Keep one of the two")
            }
            if configured.contains(upstreamName) {
                context.error(
                    "the header is configured under headers as well", at: member.position, path,
                    write: "Remove one of the two")
            }
            if upstreamName == "authorization", authorization.isConfigured {
                context.error(
                    "a token of auth would stand in the same place", at: member.position, path,
                    write: #"Remove one of the two, or write "auth": "none""#)
            }
            return PassedHeader(upstreamName: member.name, clientName: clientName)
        }
    }

    private static func isUpstreamName(
        _ member: ConfigurationNode.Member, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) -> Bool {
        guard HTTPText.isToken(member.name) else {
            context.error(
                "this is not the name of a header", at: member.position, path,
                write: #"Write the name at the server, such as "X-API-Key", then the name in the client's request"#)
            return false
        }
        guard !isOfMessage(member.name) else {
            context.error(
                "the header belongs to the connection or the protocol, so the proxy sets it itself",
                at: member.position, path, write: "Remove it")
            return false
        }
        return true
    }

    private static func isClientName(
        _ name: String, _ node: ConfigurationNode, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) -> Bool {
        let shown = ConversionContext.quoted(node) ?? "this"
        guard !node.holdsFile else {
            context.error(
                "what a file says cannot be the name of a header: names are shown", at: node.position, path,
                write: #"Write the name in the client's request, such as "X-API-Key""#)
            return false
        }
        guard HTTPText.isToken(name) else {
            context.error(
                "\(shown) is not the name of a header", at: node.position, path,
                write: #"Write the name in the client's request, such as "X-API-Key""#)
            return false
        }
        if ofClient.contains(name.lowercased()) {
            context.error(
                "the client's \(shown) is for the proxy, and is never passed on", at: node.position, path,
                write: #"Have clients send another header, such as "X-GitHub-Authorization", and name that"#)
            return false
        }
        guard !isOfMessage(name) else {
            context.error(
                "the client's \(shown) belongs to its connection or the protocol", at: node.position, path,
                write: #"Have clients send another header, such as "X-API-Key", and name that"#)
            return false
        }
        return true
    }

    private static func isOfMessage(_ name: String) -> Bool {
        let lowered = name.lowercased()
        return ofMessage.contains(lowered) || lowered.hasPrefix("mcp-param-")
    }

    /// Refuses to pass anything on where callers are nobody in particular: whose the headers are could not be told.
    static func check(
        _ server: ServerSettings, at position: SourcePosition?, _ path: ConfigurationPath, _ proxy: ProxySettings,
        _ context: inout ConversionContext
    ) {
        guard !server.passedHeaders.isEmpty, !server.options.disabled, !proxy.asksCallers(of: server) else { return }
        context.error(
            "callers are not asked who they are, and headers are taken from callers with a credential only",
            at: position, path,
            write:
                #"Write "clients" under mcpProxy, or "options": {"authTokens": ["${MCP_PROXY_TOKEN}"]} at the server"#)
    }
}
