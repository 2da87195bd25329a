import NIOCore

/// Which `Host` and `Origin` headers are accepted, so that no web page can reach the proxy through a browser
/// ([security warning, 2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning)).
package struct HostPolicy: Sendable {
    private let hosts: Set<String>
    private let origins: Set<String>
    private let acceptsAddresses: Bool

    /// - Parameters:
    ///   - hosts: Names under which clients reach the proxy, beside the loopback ones; a port
    ///     makes no difference.
    ///   - origins: Web origins whose pages may use the proxy, beside the loopback ones.
    ///   - acceptsAddresses: Whether a bare IP address is accepted as host. Such a request cannot come from a page
    ///     that tricked a browser by DNS, but only makes sense where other machines can reach the listener.
    package init(hosts: [String], origins: [String], acceptsAddresses: Bool) {
        self.hosts = Set(hosts.compactMap { Self.hostName($0) })
        self.origins = Set(origins.map { $0.lowercased() })
        self.acceptsAddresses = acceptsAddresses
    }

    /// Whether a `Host` header is valid and one of ours, with any port.
    func acceptsHost(_ value: String) -> Bool {
        guard let host = Self.hostName(value) else { return false }
        if Self.isLoopback(host) || hosts.contains(host) { return true }
        return acceptsAddresses && Self.isAddress(host)
    }

    func acceptsOrigin(_ value: String) -> Bool {
        let origin = value.lowercased()
        if origins.contains(origin) { return true }
        for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
            guard let host = Self.hostName(String(origin.dropFirst(scheme.count))) else { return false }
            return Self.isLoopback(host) || hosts.contains(host)
        }
        return false
    }

    /// The host in lower case, without the port; nil when the text is not a host with an optional port.
    static func hostName(_ text: String) -> String? {
        if let plain = plainHostName(text) { return plain }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        var host = Substring(text.lowercased())
        var port: Substring?
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return nil }
            let rest = host[host.index(after: end)...]
            host = host[...end]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            if !rest.isEmpty { port = rest.dropFirst() }
            let address = String(host.dropFirst().dropLast())
            // What is no address is no host.
            guard address.contains(":"), (try? SocketAddress(ipAddress: address, port: 0)) != nil else { return nil }
        } else {
            if let colon = host.firstIndex(of: ":") {
                port = host[host.index(after: colon)...]
                host = host[..<colon]
            }
            guard !host.isEmpty, host.utf8.allSatisfy({ $0.isHostCharacter }) else { return nil }
        }
        if let port {
            guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), UInt16(port) != nil else { return nil }
        }
        return String(host)
    }

    /// The host of a text that needs no thought: small letters, digits, points and a port at most.
    private static func plainHostName(_ text: String) -> String? {
        var length = 0
        var digits = 0
        var isPort = false
        for byte in text.utf8 {
            if isPort {
                guard byte &- 0x30 < 10 else { return nil }
                digits += 1
            } else if byte == UInt8(ascii: ":") {
                isPort = true
            } else {
                guard byte.isHostCharacter else { return nil }
                length += 1
            }
        }
        guard length > 0, isPort ? (1...4).contains(digits) : true else { return nil }
        return isPort ? String(text.utf8.prefix(length)) : text
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "127.0.0.1" || host == "[::1]"
    }

    private static func isAddress(_ host: String) -> Bool {
        if host.hasPrefix("[") { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}

extension UInt8 {
    fileprivate var isHostCharacter: Bool {
        (0x30...0x39).contains(self) || (0x61...0x7A).contains(self) || self == 0x2D || self == 0x2E || self == 0x5F
    }
}
