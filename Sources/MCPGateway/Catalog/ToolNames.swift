/// The names of a server's tools for people, as many as fit into a line.
struct ToolNames: Sendable {
    /// Says what becomes of a tool.
    enum Fate {
        /// Clients see it.
        case shown
        /// The filter leaves it out.
        case hidden
        /// It is kept from clients until somebody approves it.
        case withheld
    }

    /// How long each of the lists may be.
    private static let maximumBytes = 2_000

    private(set) var shown = ""
    private(set) var hidden = ""
    private(set) var withheld = ""

    init() {}

    var isEmpty: Bool { shown.isEmpty && hidden.isEmpty && withheld.isEmpty }

    /// Notes one more.
    mutating func add(_ name: String, _ fate: Fate) {
        switch fate {
        case .shown: Self.append(name, to: &shown)
        case .hidden: Self.append(name, to: &hidden)
        case .withheld: Self.append(name, to: &withheld)
        }
    }

    private static func append(_ name: String, to list: inout String) {
        guard list.last != "…" else { return }
        guard list.utf8.count + name.utf8.count <= maximumBytes else { return list += ", …" }
        if !list.isEmpty { list += ", " }
        list += name
    }
}
