/// `host`, `host:port`, `[v6]` or `[v6]:port`; the host may be empty.
struct HostAndPort: Equatable {
    /// The host in lower case, in brackets if it is an IPv6 address.
    var host: String
    /// The port from 0 to 65535, if one is written.
    var port: Int?

    /// Takes a text apart; nil if it is not a host with an optional port.
    init?(_ text: String) {
        let (host, rest) = Self.split(text)
        guard Self.isHost(host) else { return nil }
        self.host = host.lowercased()
        if rest.isEmpty { return }
        guard rest.first == ":", let port = Self.port(rest.dropFirst()) else { return nil }
        self.port = port
    }

    /// Whether the part before the port is fine.
    static func hasGoodHost(_ text: String) -> Bool {
        isHost(split(text).host)
    }

    /// A port number, or nil.
    static func port(_ text: Substring) -> Int? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(text), port <= 65_535
        else { return nil }
        return port
    }

    private static func split(_ text: String) -> (host: String, rest: Substring) {
        if text.first == "[", let end = text.firstIndex(of: "]") {
            return (String(text[...end]), text[text.index(after: end)...])
        }
        let host = text.prefix { $0 != ":" }
        return (String(host), text.dropFirst(host.count))
    }

    private static func isHost(_ host: String) -> Bool {
        if host.first == "[" {
            let inner = host.dropFirst().dropLast()
            return host.last == "]" && inner.contains(":")
                && inner.prefix { $0 != "%" }.utf8.allSatisfy { "0123456789abcdefABCDEF:.".utf8.contains($0) }
        }
        return host.utf8.allSatisfy(HTTPText.isHostByte)
    }
}
