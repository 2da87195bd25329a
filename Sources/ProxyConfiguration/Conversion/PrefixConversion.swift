import MCPValues

/// Reads what stands before the names of a server (`mcpServers.<name>.prefix`).
package enum PrefixConversion {
    /// The longest prefix that leaves room for names.
    private static let longestUseful = 64

    /// Reads the prefix; nil if it was left out.
    static func prefix(in reader: ObjectReader, _ context: inout ConversionContext) -> String? {
        guard let node = reader.node("prefix"), let prefix = reader.text("prefix", &context) else { return nil }
        if let fault = fault(prefix) {
            context.error(
                fault, at: node.position, reader.path("prefix"),
                write: #"Write a text such as "gh", or leave the key out, so that the server's name counts"#)
        } else if let reason = reasonForDigest(prefix) {
            context.warn(
                "the prefix has \(reason), so that every name offered of the server is changed and ends in a digest",
                at: node.position, reader.path("prefix"), write: "Write a short one of letters, digits, _ and -")
        }
        return prefix
    }

    private static func fault(_ prefix: String) -> String? {
        if prefix.isEmpty { return "the prefix is empty" }
        if prefix.hasControlCharacter { return "the prefix has a control character" }
        return prefix.utf8.count > ServerName.maximumBytes
            ? "the prefix has more than \(ServerName.maximumBytes) bytes" : nil
    }

    /// Why every name that follows the prefix is changed and ends in a digest; nil if names can stay as they are.
    package static func reasonForDigest(_ prefix: String) -> String? {
        if !GroupConversion.isTakenByAll(prefix) { return "other characters than letters, digits, _ and -" }
        if prefix.range(ofFirst: "__") != nil { return "__ in it" }
        return prefix.utf8.count > longestUseful ? "more than \(longestUseful) characters" : nil
    }

    /// Reports a server whose names would begin like those of another one.
    ///
    /// - Parameter others: The servers that are there besides. Those that are not started offer no names.
    static func check(
        _ server: ServerSettings, against others: [ServerSettings], at position: SourcePosition?,
        _ path: ConfigurationPath, _ context: inout ConversionContext
    ) {
        guard offersNames(server),
            let other = others.first(where: {
                $0.name != server.name && offersNames($0) && $0.offeredPrefix.hasBytes(of: server.offeredPrefix)
            })
        else { return }
        context.error(
            "the names of the server would begin as those of \(ConfigurationPath.quoted(other.displayName)) do",
            at: position, path, write: #"Write another "prefix" for one of the two"#)
    }

    /// Whether it is offered with others as it is. One with a token in its name is only where a group names it, and may be
    /// called as another one for other clients.
    private static func offersNames(_ server: ServerSettings) -> Bool {
        !server.options.disabled && server.cannotStart == nil && (server.prefix != nil || !server.hasTokenInName)
    }
}
