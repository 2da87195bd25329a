import ProxyConfiguration

/// The entries of clients that lead to the very proxy that servers are imported for: it would ask itself.
package struct OwnEntries: Sendable {
    private let base: String
    private let file: String?
    private let names: Set<String>

    /// - Parameters:
    ///   - base: What the URLs of the proxy begin with.
    ///   - file: The whole path of its configuration, where that is a file.
    ///   - names: Of its servers and groups.
    package init(base: String, file: String?, names: [String]) {
        self.base = Self.comparable(base)
        self.file = file
        self.names = Set(names)
    }

    /// Whether a server is the proxy.
    package func contains(_ server: TranslatedServer) -> Bool {
        if let url = text(server.entry["url"]) { return isOwn(url, of: server.name) }
        guard text(server.entry["command"])?.split(separator: "/").last == "mcp-proxy",
            case .array(let elements)? = server.entry["args"]?.value
        else { return false }
        let words = elements.compactMap(text)
        guard words.first == "stdio" else { return false }
        return words.contains { isOwn($0, of: server.name) || $0 == file || (file.map { "--config=" + $0 } == $0) }
    }

    private func isOwn(_ url: String, of name: String) -> Bool {
        let url = Self.comparable(url)
        guard url.hasPrefix(base + "/") else { return false }
        let path = url.dropFirst(base.count + 1).prefix { $0 != "?" }.split(separator: "/").map(String.init)
        guard let first = path.first else { return false }
        return first == name || names.contains(first) || (path.count == 1 && ["mcp", "sse"].contains(first))
    }

    private func text(_ node: ConfigurationNode?) -> String? {
        if case .string(let text)? = node?.value { text } else { nil }
    }

    /// The URL with one name for this machine, which has several.
    private static func comparable(_ url: String) -> String {
        for host in ["127.0.0.1", "[::1]", "0.0.0.0"] {
            let start = "http://\(host)"
            if url.hasPrefix(start + ":") || url.hasPrefix(start + "/") {
                return "http://localhost" + url.dropFirst(start.count)
            }
        }
        return url
    }
}
