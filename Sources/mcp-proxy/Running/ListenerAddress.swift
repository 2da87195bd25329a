import MCPFrontEnd
import ProxyConfiguration

/// What the listener's address means for people and browsers.
enum ListenerAddress {
    /// Whether only this machine can reach the address.
    static func isLoopback(_ host: String?) -> Bool {
        guard let host else { return false }
        return ["localhost", "::1", "[::1]"].contains(host) || host.hasPrefix("127.")
    }

    /// Whether only this machine's own programs are meant to reach the proxy: a base URL that names another host stands
    /// for a web server in front of it.
    static func isLocal(_ settings: ProxySettings) -> Bool {
        guard isLoopback(settings.address.host) else { return false }
        return settings.baseURL.origin.flatMap(host(ofOrigin:)).map(isLoopback) ?? true
    }

    /// The host of `scheme://host[:port]`.
    static func host(ofOrigin origin: String) -> String? {
        guard let colon = origin.firstIndex(of: ":") else { return nil }
        let rest = origin[colon...].drop { $0 == ":" || $0 == "/" }
        if rest.hasPrefix("[") { return rest.firstIndex(of: "]").map { String(rest[...$0]) } }
        return String(rest.prefix { $0 != ":" && $0 != "/" })
    }

    /// Where clients find a server: below the configured base URL, or below the address that was bound.
    static func url(of server: ServerSettings, in settings: ProxySettings, port: Int) -> String {
        let suffix = settings.advertised == .sse ? "sse" : "mcp"
        return "\(base(settings, port: port))/\(PathEncoding.encode(server.displayName))/\(suffix)"
    }

    static func base(_ settings: ProxySettings, port: Int) -> String {
        if let origin = settings.baseURL.origin { return origin + settings.baseURL.pathPrefix }
        var host = settings.address.host ?? "localhost"
        if host.contains(":") { host = "[\(host)]" }
        if host == "0.0.0.0" { host = "localhost" }
        return "http://\(host):\(port)\(settings.baseURL.pathPrefix)"
    }
}
