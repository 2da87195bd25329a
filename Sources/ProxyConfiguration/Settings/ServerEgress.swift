package import Addresses

/// What is particular about the way to one remote server: the proxy, and whose certificates are believed.
package struct ServerEgress: Sendable, Equatable {
    /// Through which HTTP proxy the server is asked.
    package enum Proxy: Sendable, Equatable {
        /// As the variables of the environment say.
        case ofEnvironment
        /// Through none, whatever they say.
        case none
        case one(ForwardProxy)
    }

    package var proxy = Proxy.ofEnvironment
    /// A file with certificates of authorities that are believed besides the others, for this server alone.
    package var trustedCAFile: String?
    /// Whether any certificate is taken for the server's.
    package var skipsVerification = false

    /// As all other servers.
    package init() {}
}
