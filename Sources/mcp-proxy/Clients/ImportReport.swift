import ClientFiles
import ProxyConfiguration

/// What an import has done, for people and for scripts. Nothing in it holds a value of a file.
struct ImportReport {
    let plan: ImportPlan
    let home: String

    /// The table for people.
    var lines: [String] {
        TextTable.lines(
            ["SERVER", "FROM", "RESULT"],
            plan.rows.map { [ShownText.name($0.server.name), origin(of: $0.server), $0.words] })
    }

    /// The servers for scripts.
    var servers: ConfigurationNode {
        .list(
            plan.rows.map { row in
                var members: [(String, ConfigurationNode)] = [
                    ("name", .text(ShownText.name(row.server.name))),
                    ("client", row.server.found.place.client.map { .text($0.rawValue) } ?? .init(.null, at: .start)),
                    ("file", .text(row.server.found.place.path)),
                ]
                if let project = row.server.found.project { members.append(("project", .text(project))) }
                members.append(("result", .text(row.outcome.rawValue)))
                members.append(("notes", .list(row.server.notes.map { .text($0) })))
                members.append(("unanswered", .list(row.server.unanswered.map { .text($0) })))
                return .object(members)
            })
    }

    private func origin(of server: TranslatedServer) -> String {
        let found = server.found
        var text = found.place.client.map { "\($0.title), " } ?? ""
        text += shortened(found.place.path)
        if let project = found.project, project != found.place.project { text += " (\(shortened(project)))" }
        return ShownText.plain(text)
    }

    private func shortened(_ path: String) -> String {
        path.hasPrefix(home + "/") ? "~" + path.dropFirst(home.count) : path
    }
}
