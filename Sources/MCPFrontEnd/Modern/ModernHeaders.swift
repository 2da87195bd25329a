import MCPCore
import MCPGateway
import NIOHTTP1

/// The header fields that repeat members of a request's body, so that intermediaries need not read it. Whoever does
/// read it must refuse what does not agree
/// ([server validation, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#server-validation)).
enum ModernHeaders {
    /// Compares the standard header fields with a request that has the members which they repeat.
    ///
    /// - Returns: the revision that both name.
    static func check(_ fields: HTTPRequestFields, of message: Message) throws(Refusal) -> String {
        let stated = message.view(message.envelope.metadata.protocolVersion?.value)?.string ?? ""
        let version = try only(.protocolVersion, StreamableEndpoint.versionHeader, fields)
        guard version.utf8.elementsEqual(stated.utf8) else {
            throw mismatch(StreamableEndpoint.versionHeader, "\(RequestMetadata.prefix)protocolVersion in params._meta")
        }
        let method = try only(.mcpMethod, "Mcp-Method", fields)
        guard method.utf8.elementsEqual(message.methodName.utf8) else { throw mismatch("Mcp-Method", "the method") }
        guard let range = message.mirroredName, let name = message.view(range)?.string else { return version }
        guard let value = HeaderValue.decode(try only(.mcpName, "Mcp-Name", fields)) else {
            throw Refusal(
                .headerMismatch,
                "Header mismatch: Mcp-Name holds characters that a header cannot carry, or invalid Base64")
        }
        guard value.utf8.elementsEqual(name.utf8) else {
            throw mismatch("Mcp-Name", message.method == .resourcesRead ? "params.uri" : "params.name")
        }
        return version
    }

    /// Returns the fields that repeat arguments of a tool, with lower-case names.
    static func parameters(_ fields: HTTPRequestFields) -> [(name: String, value: String)] {
        guard fields.hasParameters else { return [] }
        var parameters: [(name: String, value: String)] = []
        for (name, value) in fields.head.headers where isParameter(name) {
            parameters.append((name.lowercased(), value))
        }
        return parameters
    }

    private static func isParameter(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { unsafe $0.isParameterField }
    }

    private static func only(
        _ known: KnownHeader,
        _ name: String,
        _ fields: HTTPRequestFields
    ) throws(Refusal) -> String {
        guard let value = fields[known] else {
            throw Refusal(.headerMismatch, "Header mismatch: the header \(name) is missing")
        }
        guard !fields.isRepeated(known) else {
            throw Refusal(.headerMismatch, "Header mismatch: the header \(name) stands more than once")
        }
        return value.trimmingSpaces
    }

    private static func mismatch(_ header: String, _ member: String) -> Refusal {
        Refusal(.headerMismatch, "Header mismatch: \(header) is not the same as \(member)")
    }
}
