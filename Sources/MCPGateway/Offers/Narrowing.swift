package import MCPValues

/// What one client wants to see less of an offer than there is. All that is said holds together.
package struct Narrowing: Sendable, Hashable {
    /// By their keys in the configuration.
    package var servers: [NamePatterns] = []
    /// By the names under which they are offered.
    package var tools: [NamePatterns] = []
    package var isReadOnly = false

    package init() {}

    /// Nothing is wanted less.
    package static let none = Narrowing()

    package var isEmpty: Bool { servers.isEmpty && tools.isEmpty && !isReadOnly }
}
