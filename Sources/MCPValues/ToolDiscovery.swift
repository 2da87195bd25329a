/// How clients find the tools of several servers (`toolDiscovery` of a group).
package enum ToolDiscovery: String, Sendable, Equatable, CaseIterable {
    /// All are listed; the default.
    case list
    /// Tools to search with are listed, and what is pinned.
    case search
    /// As `search` where the list would be long, otherwise as `list`.
    case auto
}
