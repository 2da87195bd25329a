import MCPFrontEnd
package import ProxyConfiguration

/// What the listener's address means for people and browsers.
package enum ListenerAddress {
    /// Whether the host is this machine's loopback, written as an address or as the name that stands for it everywhere.
    /// A name such as `127.0.0.1.example.com` may stand for anything.
    package static func isLoopback(_ host: String?) -> Bool {
        guard let host = host?.lowercased() else { return false }
        if ["localhost", "::1", "[::1]"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Whether nobody on another machine can connect to where the proxy listens.
    package static func isBoundLocally(_ settings: ProxySettings) -> Bool {
        settings.address.socketPath != nil || isLoopback(settings.address.host)
    }

    /// Where the proxy listens.
    static func place(_ settings: ProxySettings) -> ListenerPlace {
        if let path = settings.address.socketPath { return .unixSocket(path) }
        return .port(settings.address.port, host: settings.address.host)
    }

    /// Where the proxy listens, for people.
    package static func bound(_ settings: ProxySettings, port: Int) -> String {
        if let path = settings.address.socketPath { return "unix:\(path)" }
        return "\(settings.address.host ?? "*"):\(port)"
    }

    /// Whether only this machine's own programs are meant to reach the proxy: its listener is on loopback, and no name
    /// that it goes by is that of another host, which stands for a web server in front of it.
    package static func isLocal(_ settings: ProxySettings) -> Bool {
        guard isBoundLocally(settings) else { return false }
        let names = [settings.baseURL.origin].compactMap(\.self) + settings.allowedHosts.map { "http://\($0)" }
        return names.allSatisfy { isLoopback(host(ofOrigin: $0)) }
    }

    /// The host of `scheme://host[:port]`.
    static func host(ofOrigin origin: String) -> String? {
        guard let colon = origin.firstIndex(of: ":") else { return nil }
        let rest = origin[colon...].drop { $0 == ":" || $0 == "/" }
        if rest.hasPrefix("[") { return rest.firstIndex(of: "]").map { String(rest[...$0]) } }
        return String(rest.prefix { $0 != ":" && $0 != "/" })
    }

    /// Where clients find a server: below the configured base URL, or below the address that was bound.
    package static func url(of server: ServerSettings, in settings: ProxySettings, port: Int) -> String {
        let suffix = settings.advertised == .sse ? "sse" : "mcp"
        return "\(base(settings, port: port))/\(PathEncoding.encode(server.displayName))/\(suffix)"
    }

    /// Where clients find a group; without a name, the endpoint for all servers.
    package static func url(ofGroup name: String, in settings: ProxySettings, port: Int) -> String {
        "\(base(settings, port: port))/\(name.isEmpty ? "" : PathEncoding.encode(name) + "/")mcp"
    }

    /// What the paths of all servers begin with: the configured base URL, or the address that was bound.
    package static func base(_ settings: ProxySettings, port: Int) -> String {
        if let origin = settings.baseURL.origin { return origin + settings.baseURL.pathPrefix }
        // Whoever connects to a Unix socket says what else he likes.
        if settings.address.socketPath != nil { return "http://localhost\(settings.baseURL.pathPrefix)" }
        var host = settings.address.host ?? "localhost"
        if host.contains(":") { host = "[\(host)]" }
        if host == "0.0.0.0" { host = "localhost" }
        let scheme = settings.tls == nil ? "http" : "https"
        return "\(scheme)://\(host):\(port)\(settings.baseURL.pathPrefix)"
    }
}
