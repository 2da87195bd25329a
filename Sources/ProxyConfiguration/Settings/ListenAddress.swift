/// The address the proxy listens on (`mcpProxy.addr`).
package struct ListenAddress: Sendable, Equatable {
    /// The host without brackets, or nil for all interfaces.
    package var host: String?
    /// The port; 0 asks the system for a free one.
    package var port: Int
    /// Whether the file named the address, as opposed to the default having been taken.
    package var isExplicit: Bool

    /// An address; with nothing given, the default one, which only this machine can reach.
    package init(host: String? = "127.0.0.1", port: Int = 9090, isExplicit: Bool = false) {
        self.host = host
        self.port = port
        self.isExplicit = isExplicit
    }
}
