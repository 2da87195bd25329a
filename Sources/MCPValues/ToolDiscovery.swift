/// How clients find the tools of several servers (`toolDiscovery` of a group). Of two, the greater shows less.
package enum ToolDiscovery: String, Sendable, Equatable, CaseIterable, Comparable {
    /// All are listed; the default.
    case list
    /// Tools to search with are listed, and what is pinned.
    case search
    /// As `search` where the list would be long, otherwise as `list`.
    case auto

    package static func < (left: ToolDiscovery, right: ToolDiscovery) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .list: 0
        case .auto: 1
        case .search: 2
        }
    }
}
