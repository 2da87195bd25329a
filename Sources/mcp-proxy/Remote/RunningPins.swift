import MCPCore
import MCPFrontEnd
import MCPUpstream
import ProxyConfiguration

/// What was approved at a running proxy, as its management API says it.
struct RunningPins {
    /// So many names are shown to choose from.
    private static let shownNames = 20

    let client: ManagementClient

    /// What there is to say of all servers, or of one.
    func answer(_ server: String?) async throws -> JSONView {
        try await client.answer(.get, server.map(Self.path) ?? "pins")
    }

    /// The servers of which something is known.
    func names() async throws -> [String] {
        var names: [String] = []
        try await answer(nil)["servers"]?.forEachMember { name, _ in names.append(name) }
        return names
    }

    /// The path of a server's pins, below `/api/`.
    static func path(_ server: String) -> String { "pins/\(PathEncoding.encode(server))" }

    /// What is different and what to look at, of all servers, for people.
    func remarks() async throws -> [String] {
        var lines: [String] = []
        for name in try await names() {
            let report = try await answer(name)
            let remarks =
                Self.faults(of: report) + Self.changes(of: report).flatMap(Self.lines) + Self.flags(of: report)
            if !remarks.isEmpty { lines += ["pins of \(name):"] + remarks }
        }
        return lines
    }

    /// What servers show and nobody has approved, and what becomes of it, a line each.
    func unapproved() async throws -> [String] {
        var lines: [String] = []
        for name in try await names() {
            let report = try await answer(name)
            let fate =
                switch report["mode"]?.string {
                case "quarantine": "is withheld"
                case "block": "has the server blocked"
                default: "is passed on (pin: warn)"
                }
            lines += Self.changes(of: report).map { change in
                "\(name): \(change["kind"]?.string ?? "") \(change["name"]?.string ?? "") is not what was approved, and \(fate)"
            }
            // Where nothing is withheld, all was learnt anew.
            guard ["quarantine", "block"].contains(report["mode"]?.string), let fault = report["fault"]?.string else {
                continue
            }
            lines.append("\(name): not known any more: \(fault)")
        }
        return lines
    }

    /// Why it is not known what was approved, or what there is to approve, and that there is no room for more.
    static func faults(of report: JSONView) -> [String] {
        let fault = report["fault"]?.string.map { ["not known any more: \($0)"] } ?? []
        return (fault + notes(of: report)).map { "    \($0)" }
    }

    /// Which lists could not be read, and that there is no room for more.
    static func notes(of report: JSONView) -> [String] {
        (report["unread"]?.elements ?? []).compactMap(\.string) + (report["full"]?.string.map { [$0] } ?? [])
    }

    /// What is shown and was not approved.
    ///
    /// - Parameter names: Of which tools and prompts; nil for all.
    static func changes(of report: JSONView, only names: [String]? = nil) -> [JSONView] {
        let changes = report["changes"]?.elements ?? []
        guard let wanted = names.map(Set.init) else { return changes }
        return changes.filter { $0["name"]?.string.map(wanted.contains) ?? false }
    }

    /// A change, for people.
    static func lines(_ change: JSONView) -> [String] {
        let title = "\(change["kind"]?.string ?? "") \(change["name"]?.string ?? "")"
        return ["    \(title):"] + (change["diff"]?.elements ?? []).compactMap(\.string).map { "        \($0)" }
    }

    /// Checks that something is known of a tool or prompt.
    ///
    /// - Parameter purpose: What was to be done with it, as a verb.
    /// - Throws: `CommandFailure`, with the names that may have been meant.
    static func check(_ name: String, of report: JSONView, to purpose: String) throws {
        var known = Set(changes(of: report).compactMap { $0["name"]?.string })
        for kind in ["tools", "prompts"] { report[kind]?.forEachMember { name, _ in known.insert(name) } }
        guard !known.contains(name) else { return }
        let names = known.sorted()
        let more = names.count > shownNames ? " and \(names.count - shownNames) more" : ""
        let advice =
            if let near = nearestKey(to: name, in: names) {
                "Did you mean \"\(near)\"?"
            } else if names.isEmpty {
                "What it has is not known yet."
            } else {
                "It has: \(names.prefix(shownNames).joined(separator: ", "))\(more)"
            }
        let words =
            "there is nothing to \(purpose) of \"\(name)\": server \(report["name"]?.string ?? "") has no tool or prompt of this name. \(advice)"
        throw CommandFailure(ShownOutput.printable(words))
    }

    /// What to look at.
    static func flags(of report: JSONView) -> [String] {
        (report["flags"]?.elements ?? []).map { flag in
            "    \(flag["kind"]?.string ?? "") \(flag["name"]?.string ?? "") \(flag["words"]?.string ?? "")"
        }
    }
}
