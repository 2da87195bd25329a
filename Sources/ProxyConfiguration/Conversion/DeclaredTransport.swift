/// The transport a server names for itself, as opposed to the one that follows from its other keys.
struct DeclaredTransport: Equatable {
    /// The words for it.
    enum Kind: String, Sendable, CaseIterable {
        case stdio
        case sse
        case streamableHTTP = "streamable-http"
    }

    /// Other spellings that are understood.
    static let aliases: [String: Kind] = [
        "http": .streamableHTTP, "streamable_http": .streamableHTTP, "streamableHttp": .streamableHTTP,
        "streamablehttp": .streamableHTTP, "streamable": .streamableHTTP, "http-stream": .streamableHTTP,
        "http_stream": .streamableHTTP, "httpStream": .streamableHTTP, "httpstream": .streamableHTTP,
        "http-first": .streamableHTTP, "HTTP": .streamableHTTP, "SSE": .sse, "http+sse": .sse, "STDIO": .stdio,
        "local": .stdio,
    ]

    /// The transport.
    var kind: Kind
    /// Where it is named.
    var position: SourcePosition
    /// The key that names it.
    var path: ConfigurationPath
    /// Whether it decides even if `command` says otherwise, as in version 1 of the format.
    var isBinding = false

    /// What a server of version 2 says under `transportType`, or under `type` as other clients write it.
    static func read(in reader: ObjectReader, _ context: inout ConversionContext) -> DeclaredTransport? {
        let declared = read("transportType", warnsOfAliases: true, in: reader, &context)
        let alias = read("type", warnsOfAliases: false, in: reader, &context)
        if let declared, let alias, declared.kind != alias.kind {
            context.reportWithoutEffect(
                "the key has no effect, because transportType says otherwise", at: alias.position, alias.path,
                write: "Remove it")
        }
        return declared ?? alias
    }

    /// What a key says.
    static func read(
        _ key: String, warnsOfAliases: Bool, in reader: ObjectReader, _ context: inout ConversionContext
    ) -> DeclaredTransport? {
        guard let node = reader.node(key), node.value != .string("") else { return nil }
        let kind = reader.choice(key, of: Kind.self, aliases: aliases, warnsOfAliases: warnsOfAliases, &context)
        return kind.map { DeclaredTransport(kind: $0, position: node.position, path: reader.path(key)) }
    }
}
