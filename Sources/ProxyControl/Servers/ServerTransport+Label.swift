package import ProxyConfiguration

extension ServerTransport {
    /// The transport as the table names it.
    package var label: String {
        switch self {
        case .stdio: "stdio"
        case .http(_, _, _, .sse): "sse"
        case .http(_, _, _, .streamableHTTP): "streamable-http"
        case .http(_, _, _, .detect): "http"
        }
    }
}
