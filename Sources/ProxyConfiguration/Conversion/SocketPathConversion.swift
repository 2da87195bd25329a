/// Reads an `addr` that is a Unix socket, `unix:/path`.
enum SocketPathConversion {
    static let scheme = "unix:"

    /// The longest path: what the structure of every system has room for, without the NUL at the end.
    static let longestPath = 103

    /// The address; what is wrong is reported, and the result then is of no use.
    static func address(
        _ text: String, in reader: ObjectReader, _ context: inout ConversionContext
    ) -> ListenAddress {
        let written = String(text.dropFirst(scheme.utf8.count))
        guard let fault = fault(of: written) else {
            return ListenAddress(host: nil, port: 0, socketPath: path(written), isExplicit: true)
        }
        context.error(fault.words, at: reader.node("addr")?.position, reader.path("addr"), write: fault.suggestion)
        return ListenAddress()
    }

    /// The path of a socket as somebody wrote it, `unix:/path` or `unix:///path`; nil if it is none that can be used.
    static func path(of text: String) -> String? {
        guard text.lowercased().hasPrefix(scheme) else { return nil }
        let written = String(text.dropFirst(scheme.utf8.count))
        return fault(of: written) == nil ? path(written) : nil
    }

    private static func path(_ written: String) -> String { "/" + written.drop { $0 == "/" } }

    private static let usual =
        #"Write the whole path of a Unix socket behind "unix:", such as "unix:/run/mcp-proxy/mcp-proxy.sock""#

    /// What to write where a path stands by itself.
    static func suggestion(for path: String, _ node: ConfigurationNode?) -> String {
        let isShown = node.flatMap(ConversionContext.quotedAddress) != nil
        guard isShown, fault(of: path) == nil else { return usual }
        return "Write \(ConfigurationPath.quoted(scheme + path)) for a Unix socket"
    }

    private static func fault(of written: String) -> (words: String, suggestion: String)? {
        guard written.first == "/", written.last != "/" else {
            return ("a Unix socket needs the whole path of a file, from / on", usual)
        }
        guard !written.unicodeScalars.contains("\0") else { return ("the path of the socket holds a NUL", usual) }
        let length = path(written).utf8.count
        guard length <= longestPath else {
            return (
                "the path of the socket has \(length) bytes, and a socket takes \(longestPath) at most",
                "Choose a shorter path, such as /run/mcp-proxy/mcp-proxy.sock"
            )
        }
        return nil
    }
}

extension ListenAddress {
    /// The path in `unix:/path`; nil for what is no such address.
    package static func socketPath(of text: String) -> String? { SocketPathConversion.path(of: text) }
}
