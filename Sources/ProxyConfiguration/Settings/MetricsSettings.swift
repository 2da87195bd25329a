/// Where and to whom metrics are shown (`mcpProxy.metrics`).
package struct MetricsSettings: Sendable, Equatable {
    /// Whether everybody may read them who reaches the listener.
    package var isPublic = false
    /// Where they are served alone; nil for where the proxy listens.
    package var address: ListenAddress?

    package init() {}
}
