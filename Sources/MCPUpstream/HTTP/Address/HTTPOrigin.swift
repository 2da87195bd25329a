import NIOCore

/// Where an HTTP server listens: what two addresses must share to be the same server.
package struct HTTPOrigin: Hashable, Sendable {
    /// With or without TLS.
    package enum Scheme: String, Sendable, CaseIterable {
        case http
        case https

        var defaultPort: Int { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// The name or address in lower case, without brackets.
    package let host: String
    package let port: Int

    /// Whether the host is an IPv6 address, which is written in brackets.
    var isIPv6: Bool { host.utf8.contains(UInt8(ascii: ":")) }

    /// The address that the host is, where it is one and not a name.
    var address: SocketAddress? {
        // An error says that the host is a name.
        try? SocketAddress(ipAddress: host, port: port)
    }

    /// What stands in the `Host` header: the port only where it is not the scheme's own.
    var authority: String {
        let name = isIPv6 ? "[\(host)]" : host
        return port == scheme.defaultPort ? name : "\(name):\(port)"
    }
}

extension HTTPOrigin: CustomStringConvertible {
    package var description: String { "\(scheme.rawValue)://\(authority)" }
}
