import ClientFiles
import MCPCore
import MCPFrontEnd
import MCPUpstream
import NIOCore

/// What a running proxy offers together, as its management API says it.
struct RunningOffers {
    private static let endpoint = GroupReport.endpointName
    /// So much of one kind is shown of one place; the API has all of it.
    private static let shownCount = 10

    let client: ManagementClient

    /// Where servers are offered together: the endpoint for all of them first, then the groups.
    func addresses() async throws -> [(title: String, url: String)] {
        try await places().map { ($0.name == Self.endpoint ? "all servers" : "group \($0.name)", $0.url) }
    }

    /// Whether there is a group of that name, or an endpoint for all servers.
    func has(_ name: String?) async throws -> Bool {
        do {
            _ = try await client.answer(.get, "groups/\(PathEncoding.encode(name ?? Self.endpoint))")
            return true
        } catch let error as CommandFailure where error.isMissing {
            return false
        }
    }

    /// What is worth knowing of each place: names that were changed, what is hidden and why, and what was found.
    func remarks() async throws -> [String] {
        var lines: [String] = []
        for place in try await places() {
            let servers = place.report["servers"]?.elements ?? []
            let offered = place.report["offered"]?.elements ?? []
            let tools = offered.count { $0["list"]?.string == "tools" }
            lines.append("\(place.url) offers \(Self.count(tools, "tool")) of \(Self.count(servers.count, "server"))")
            let changed = offered.compactMap { Self.change($0, servers) }
            let hidden = (place.report["hidden"]?.elements ?? []).map { entry in
                "hidden: \(Self.text(entry, "name")) of \(Self.text(entry, "server")) (\(Self.text(entry, "rule")))"
            }
            let unknown = servers.filter { String(buffer: $0["isKnown"]?.bytes ?? .init()) == "false" }.map {
                "not known yet: what \(Self.text($0, "name")) has"
            }
            let findings = (place.report["findings"]?.elements ?? []).compactMap(\.string).map { "found: \($0)" }
            for kind in [findings, unknown, changed, hidden] { lines += Self.shortened(kind).map { "    \($0)" } }
        }
        return lines
    }

    private struct Place {
        let name: String
        let url: String
        let report: JSONView
    }

    private func places() async throws -> [Place] {
        var names: [String] = []
        try await client.answer(.get, "groups")["groups"]?.forEachMember { name, _ in names.append(name) }
        var places: [Place] = []
        for name in [Self.endpoint] + names {
            do {
                let report = try await client.answer(.get, "groups/\(PathEncoding.encode(name))")
                guard let path = report["path"]?.string else { continue }
                places.append(Place(name: name, url: client.url(ofPath: path + "mcp"), report: report))
            } catch let error as CommandFailure where error.isMissing {
                // The endpoint is switched off, or the group has gone since.
                continue
            }
        }
        return places
    }

    /// What became of a name that could not stay whole behind its prefix.
    private static func change(_ entry: JSONView, _ servers: [JSONView]) -> String? {
        guard ["tools", "prompts"].contains(text(entry, "list")) else { return nil }
        let (server, name, offered) = (text(entry, "server"), text(entry, "name"), text(entry, "offered"))
        let prefix = servers.first { text($0, "name") == server }.map { text($0, "prefix") } ?? server
        guard offered != name, offered != "\(prefix)__\(name)" else { return nil }
        return "changed: \(name) of \(server) is offered as \(offered)"
    }

    private static func shortened(_ lines: [String]) -> [String] {
        guard lines.count > shownCount else { return lines }
        return lines.prefix(shownCount) + ["and \(lines.count - shownCount) more like this; GET /api/groups/… has all"]
    }

    private static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    private static func text(_ object: JSONView, _ member: String) -> String { object[member]?.string ?? "" }
}
