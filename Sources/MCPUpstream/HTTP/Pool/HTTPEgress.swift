package import Addresses

/// Says how servers are reached: through which proxies, and whose certificates are believed.
package struct HTTPEgress: Hashable, Sendable {
    package var trust: HTTPTrust
    package var proxies: ProxyRules

    /// Directly, and as the system believes, where nothing else is said.
    package init(trust: HTTPTrust = .verified, proxies: ProxyRules = .none) {
        self.trust = trust
        self.proxies = proxies
    }
}
