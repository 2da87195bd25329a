/// By what servers are in order. Those that are alike are in the order of their names.
package enum SortOrder: String, CaseIterable, Sendable {
    case name
    case calls
    case errors
    case p99
    case memory

    /// The one after it, and after the last one the first.
    package var next: SortOrder {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }

    /// Returns the rows in this order: the most at the top, what is not known at the bottom.
    package func sorted(_ rows: [ServerRow]) -> [ServerRow] {
        rows.sorted { left, right in
            let (one, other) = (weight(left), weight(right))
            return one != other ? one > other : left.facts.name < right.facts.name
        }
    }

    private func weight(_ row: ServerRow) -> Double {
        switch self {
        case .name: 0
        case .calls: row.callsPerMinute ?? -1
        case .errors: row.facts.errors ?? -1
        case .p99: row.slowest ?? -1
        case .memory: row.facts.memory ?? -1
        }
    }
}
