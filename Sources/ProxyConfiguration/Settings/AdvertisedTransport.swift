/// The transport whose addresses the proxy names in its log and its server list (`mcpProxy.type`).
package enum AdvertisedTransport: String, Sendable, Equatable, CaseIterable {
    /// `/<server>/sse`, the default, as in the Go program.
    case sse
    /// `/<server>/mcp`.
    case streamableHTTP = "streamable-http"
}
