/// Who may keep results of an upstream that itself says nothing of that (`mcpServers.<name>.cacheScope`).
package enum CacheScope: String, Sendable, Equatable, CaseIterable {
    /// Only the client that asked; the default.
    case `private`
    /// Anybody between the proxy and the client.
    case `public`
}
