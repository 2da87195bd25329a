import NIOCore

/// Says which `Host` and `Origin` headers are accepted, so that no web page can reach the proxy through a browser
/// ([security warning, 2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning)).
package struct HostPolicy: Sendable {
    private let hosts: Set<String>
    private let origins: Set<String>
    private let acceptsAddresses: Bool
    /// Whether a request may come without a host, and with an empty one.
    let acceptsNoHost: Bool
    /// All names as bytes.
    private let plainNames: [[UInt8]]

    /// - Parameters:
    ///   - hosts: Names under which clients reach the proxy, beside the loopback ones; a port
    ///     makes no difference.
    ///   - origins: Web origins whose pages may use the proxy, beside the loopback ones.
    ///   - acceptsAddresses: Whether a bare IP address is accepted as host. Such a request cannot come from a page
    ///     that tricked a browser by DNS, but only makes sense where other machines can reach the listener.
    ///   - acceptsNoHost: Whether the host may be left out, as on a Unix socket, which no browser reaches.
    package init(hosts: [String], origins: [String], acceptsAddresses: Bool, acceptsNoHost: Bool = false) {
        self.hosts = Set(hosts.compactMap { Self.hostName($0) })
        self.origins = Set(origins.map { $0.lowercased() })
        self.acceptsAddresses = acceptsAddresses
        self.acceptsNoHost = acceptsNoHost
        self.plainNames = self.hosts.union(["127.0.0.1", "localhost"]).map { Array($0.utf8) }
    }

    /// Tells whether a `Host` header is valid and one of ours, with any port.
    func acceptsHost(_ value: String) -> Bool {
        if isPlainName(value) || acceptsNoHost && value.isEmpty { return true }
        guard let host = Self.hostName(value) else { return false }
        if Self.isLoopback(host) || hosts.contains(host) { return true }
        return acceptsAddresses && Self.isAddress(host)
    }

    /// Tells whether a host header is one of our names as it stands, which it nearly always is.
    private func isPlainName(_ value: String) -> Bool {
        var value = value
        return value.withUTF8 { text in
            guard let length = unsafe Self.plainLength(text) else { return false }
            let host = unsafe UnsafeBufferPointer(rebasing: text[..<length])
            return plainNames.contains { unsafe $0.elementsEqual(host) }
        }
    }

    func acceptsOrigin(_ value: String) -> Bool {
        // Among other characters there are some that become ASCII letters in lower case.
        guard value.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
        let origin = value.lowercased()
        if origins.contains(origin) { return true }
        for scheme in ["http://", "https://"] where origin.hasPrefix(scheme) {
            guard let host = Self.hostName(String(origin.dropFirst(scheme.count))) else { return false }
            return Self.isLoopback(host) || hosts.contains(host)
        }
        return false
    }

    /// Returns the host in lower case, without the port; nil when the text is not a host with an optional port.
    static func hostName(_ text: String) -> String? {
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

    /// Tells how long the host is in a text that needs no thought: small letters, digits, points, then a port at most.
    private static func plainLength(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        var length = 0
        while length < text.count, unsafe text[length].isHostCharacter { length += 1 }
        guard length > 0, length < text.count else { return length > 0 ? length : nil }
        guard unsafe text[length] == UInt8(ascii: ":"), (2...6).contains(text.count - length) else { return nil }
        var port = 0
        for index in length + 1..<text.count {
            let digit = unsafe text[index] &- 0x30
            guard digit < 10 else { return nil }
            port = port * 10 + Int(digit)
        }
        return port <= UInt16.max ? length : nil
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
