import ArgumentParser
import MCPCore
import MCPFrontEnd
import MCPUpstream
import MCPValues
import ProxyConfiguration
import ToolPins

/// What was approved at a running proxy, as its management API says it.
struct RunningPins {
    /// So many names are shown to choose from.
    private static let shownNames = 20

    let client: ManagementClient

    /// What there is to say of all servers, or of one.
    func answer(_ server: String?) async throws -> JSONView {
        do {
            return try await client.answer(.get, server.map(Self.path) ?? "pins")
        } catch let error as CommandFailure where error.isMissing {
            // Where not even the list is given, the refusal says why.
            guard let server, let names = try? await names(), let advice = Self.advice(on: server, names) else {
                throw error
            }
            throw CommandFailure("\(error.words)\n\(ShownOutput.printable(advice))")
        }
    }

    /// What was meant by a name that is no server's.
    private static func advice(on name: String, _ servers: [String]) -> String? {
        if let server = servers.first(where: { name.hasPrefix("\($0)__") }) {
            let own = name.dropFirst(server.count + 2)
            return "Here the server and its own name of a tool are meant: mcp-proxy pins … \(server) \(own)"
        }
        let commands = PinsCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
        if let near = nearestKey(to: name, in: servers) { return "Did you mean \"\(near)\"?" }
        return nearestKey(to: name, in: commands).map { "Did you mean mcp-proxy pins \($0)?" }
    }

    /// The servers of which something is known.
    func names() async throws -> [String] {
        var names: [String] = []
        try await answer(nil)["servers"]?.forEachMember { name, _ in names.append(name) }
        return names
    }

    /// The servers whose tools somebody looks at, and of which a file says nothing.
    func names(notIn file: [ByteText: PinRecord]) async throws -> [String] {
        var names: [String] = []
        try await answer(nil)["servers"]?.forEachMember { name, report in
            if report["mode"]?.string != "off", file[ByteText(name)] == nil { names.append(name) }
        }
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

    /// The command with which what is withheld, or told, is approved; nothing where there is nothing to approve.
    static func approval(of report: JSONView) -> [String] {
        let isWithheld = report["fault"] != nil && ["quarantine", "block"].contains(report["mode"]?.string)
        guard !changes(of: report).isEmpty || !gone(of: report).isEmpty || isWithheld else { return [] }
        return ["    approve with: mcp-proxy pins approve \(report["name"]?.string ?? "")"]
    }

    /// Which lists could not be read, that there is no room for more, and what is withheld although it is not listed.
    static func notes(of report: JSONView) -> [String] {
        (report["unread"]?.elements ?? []).compactMap(\.string) + (report["full"]?.string.map { [$0] } ?? [])
            + gone(of: report).map {
                "\(title($0)) was listed otherwise than it was approved, and is not listed now; calls of it are refused until it is approved by its name"
            }
    }

    /// What was listed otherwise than it was approved, and is not listed any more.
    ///
    /// - Parameter names: Of which tools and prompts; nil for all.
    static func gone(of report: JSONView, only names: [String]? = nil) -> [JSONView] {
        entries("gone", of: report, only: names)
    }

    /// What a change, or what is gone, is of.
    static func title(_ entry: JSONView) -> String { "\(entry["kind"]?.string ?? "") \(entry["name"]?.string ?? "")" }

    /// What is shown and was not approved.
    ///
    /// - Parameter names: Of which tools and prompts; nil for all.
    static func changes(of report: JSONView, only names: [String]? = nil) -> [JSONView] {
        entries("changes", of: report, only: names)
    }

    private static func entries(_ member: String, of report: JSONView, only names: [String]?) -> [JSONView] {
        let entries = report[member]?.elements ?? []
        guard let wanted = names.map(Set.init) else { return entries }
        return entries.filter { $0["name"]?.string.map(wanted.contains) ?? false }
    }

    /// A change, for people.
    static func lines(_ change: JSONView) -> [String] {
        ["    \(title(change)):"] + (change["diff"]?.elements ?? []).compactMap(\.string).map { "        \($0)" }
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
            if let own = ownName(name, of: report), known.contains(own) {
                "Did you mean \"\(own)\"? The server's own names are meant."
            } else if let near = nearestKey(to: name, in: names) {
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

    /// What stands behind the server in a name that is offered; nil where that is not there.
    private static func ownName(_ name: String, of report: JSONView) -> String? {
        let prefix = "\(report["name"]?.string ?? "")__"
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
    }

    /// What to look at.
    static func flags(of report: JSONView) -> [String] {
        (report["flags"]?.elements ?? []).map { flag in
            "    \(flag["kind"]?.string ?? "") \(flag["name"]?.string ?? "") \(flag["words"]?.string ?? "")"
        }
    }
}
