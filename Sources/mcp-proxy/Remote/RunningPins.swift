import MCPCore
import MCPFrontEnd
import MCPUpstream

/// What was approved at a running proxy, as its management API says it.
struct RunningPins {
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
            let remarks = Self.fault(of: report) + Self.changes(of: report) + Self.flags(of: report)
            if !remarks.isEmpty { lines += ["pins of \(name):"] + remarks }
        }
        return lines
    }

    /// Why it is not known what was approved; none where it is.
    static func fault(of report: JSONView) -> [String] {
        report["fault"]?.string.map { ["    not known any more: \($0)"] } ?? []
    }

    /// What is shown and was not approved.
    static func changes(of report: JSONView, only name: String? = nil) -> [String] {
        (report["changes"]?.elements ?? []).filter { name == nil || $0["name"]?.string == name }.flatMap(change)
    }

    static func change(_ change: JSONView) -> [String] {
        let title = "\(change["kind"]?.string ?? "") \(change["name"]?.string ?? "")"
        return ["    \(title):"] + (change["diff"]?.elements ?? []).compactMap(\.string).map { "        \($0)" }
    }

    /// What to look at.
    static func flags(of report: JSONView) -> [String] {
        (report["flags"]?.elements ?? []).map { flag in
            "    \(flag["kind"]?.string ?? "") \(flag["name"]?.string ?? "") \(flag["words"]?.string ?? "")"
        }
    }
}
