/// Where an HTTP server listens: what two addresses must share to be the same server.
package struct HTTPOrigin: Hashable, Sendable {
    /// With or without TLS.
    package enum Scheme: String, Sendable, CaseIterable {
        case http
        case https

        /// The port where none is written.
        package var defaultPort: Int { self == .http ? 80 : 443 }
    }

    /// What a server is called by.
    package enum Host: Hashable, Sendable {
        /// A name in lower case, to be resolved.
        case name(String)
        case address(IPAddress)
    }

    package let scheme: Scheme
    package let host: Host
    package let port: Int

    /// An origin of parts that were read before.
    package init(scheme: Scheme, host: Host, port: Int) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// What stands in the `Host` header: the port only where it is not the scheme's own.
    package var authority: String { port == scheme.defaultPort ? "\(host)" : "\(host):\(port)" }
}

extension HTTPOrigin.Host: CustomStringConvertible {
    /// The host as URLs have it: an IPv6 address in brackets.
    package var description: String {
        switch self {
        case .name(let name): name
        case .address(.v6(let bits)): "[\(IPAddress.v6(bits))]"
        case .address(let address): "\(address)"
        }
    }
}

extension HTTPOrigin: CustomStringConvertible {
    /// The origin as browsers write it.
    package var description: String { "\(scheme.rawValue)://\(authority)" }
}
