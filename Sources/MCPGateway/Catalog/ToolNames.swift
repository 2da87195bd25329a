/// The names of a server's tools for people, as many as fit into a line.
struct ToolNames: Sendable {
    /// How long each of the two lists may be.
    private static let maximumBytes = 2_000

    /// What clients see.
    private(set) var shown = ""
    /// What the filter leaves out.
    private(set) var hidden = ""

    init() {}

    var isEmpty: Bool { shown.isEmpty && hidden.isEmpty }

    /// Notes one more.
    mutating func add(_ name: String, isShown: Bool) {
        if isShown { Self.append(name, to: &shown) } else { Self.append(name, to: &hidden) }
    }

    private static func append(_ name: String, to list: inout String) {
        guard list.last != "…" else { return }
        guard list.utf8.count + name.utf8.count <= maximumBytes else { return list += ", …" }
        if !list.isEmpty { list += ", " }
        list += name
    }
}
