package import MCPValues

/// Holds what one client wants to see less of an offer than there is. All that is said holds together.
package struct Narrowing: Sendable, Hashable {
    /// By their keys in the configuration.
    package var servers: [NamePatterns] = []
    /// By the names under which they are offered.
    package var tools: [NamePatterns] = []
    package var isReadOnly = false
    /// How tools are found at most; where the offer shows less by itself, that holds.
    package var discovery = ToolDiscovery.list

    package init() {}

    /// Nothing is wanted less.
    package static let none = Narrowing()

    package var isEmpty: Bool { hidesNothing && discovery == .list }

    /// Whether everything is offered, in whatever way it is found.
    var hidesNothing: Bool { servers.isEmpty && tools.isEmpty && !isReadOnly }
}
