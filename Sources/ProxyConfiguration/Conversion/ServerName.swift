/// What a server, or a group of servers, may be called. The name is the path of its routes.
package enum ServerName {
    /// What has the name.
    package enum Kind: String {
        case server
        case group
    }

    /// Names of routes that the proxy has itself.
    package static let reserved: Set<String> = [
        "healthz", "readyz", "_healthz", "_readyz", "api", "metrics", ".well-known", "sse", "mcp", "message",
    ]
    /// What the proxy itself has below `api`.
    private static let managed: Set<String> = [
        "servers", "tools", "groups", "pins", "pins.json", "reload", "openapi.json", "problems",
    ]
    /// Where the dashboard is, unless a server of the configuration has this name.
    package static let dashboard = "ui"
    /// The last parts of the routes that every server has.
    package static let routes = ["mcp", "sse", "message"]
    /// The longest name.
    package static let maximumBytes = 256

    /// Why a text cannot be the name of a server, or of a group, in words; nil if it can.
    package static func fault(_ name: String, of kind: Kind = .server) -> String? {
        let itself = "the name of the \(kind.rawValue)"
        guard !name.isEmpty else { return "\(itself) is empty" }
        guard name.utf8.count <= maximumBytes else {
            return "\(itself) has more than \(maximumBytes) bytes"
        }
        guard !name.hasControlCharacter else { return "\(itself) has a control character" }
        guard !name.utf8.contains(where: { #"?#%\"#.utf8.contains($0) }) else {
            return "\(itself) has one of ? # % \\"
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains("") else { return "\(itself) begins or ends with / or has // in it" }
        guard !parts.contains("."), !parts.contains("..") else {
            return "\(itself) has . or .. for a part"
        }
        if parts.count == 1, reserved.contains(name) { return "\(itself) is a route of the proxy itself" }
        if parts[0] == ".well-known" || (parts[0] == "api" && parts.count > 1 && managed.contains(String(parts[1]))) {
            return "the routes of the \(kind.rawValue) would hide routes of the proxy itself"
        }
        return nil
    }

    /// Why a text cannot be the name of a server that is added over the API; nil if it can. Such names are plain, so that
    /// they need no encoding in a path and can hold no token.
    package static func dynamicFault(_ name: String) -> String? {
        guard isPlain(name) else {
            return "the name of the server is not of letters, digits, . _ - only, begins with . _ -, or is too long"
        }
        // One of the file may be called so, and has the paths then.
        let isReserved = reserved.contains(name) || name == dashboard
        return isReserved ? "the name of the server is a route of the proxy itself" : nil
    }

    /// Whether a text is `[A-Za-z0-9][A-Za-z0-9._-]{0,62}`.
    static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, !"._-".utf8.contains(first), name.utf8.count <= 63 else { return false }
        return name.utf8.allSatisfy(HTTPText.isHostByte)
    }

    /// The other server whose routes the name would take, and the other way round; nil if there is none.
    package static func collision(of name: String, with others: [String]) -> String? {
        others.first { other in
            routes.contains { "\(other)/\($0)" == name || "\(name)/\($0)" == other }
        }
    }

    /// The name as messages may show it: parts after the first are masked, because clients that cannot send headers are
    /// told to put their token there (`fetch/{token}`). The routes every server has are not masked.
    package static func redacted(_ name: String) -> String {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.enumerated().map { index, part in
            index == 0 || part.isEmpty || routes.contains(String(part)) ? String(part) : "***"
        }.joined(separator: "/")
    }
}
