import MCPGateway

/// One line of the table that is printed at the start.
struct StatusRow {
    let name: String
    let url: String
    let status: ServerStatus
    /// Whether it may come to run without the configuration or the environment being changed.
    var isTriedAgain = true

    var advice: String {
        isTriedAgain ? " It is tried again." : " Correct that and start mcp-proxy again."
    }

    var tools: String { status.tools.map(String.init) ?? "-" }
}

/// The table that is printed at the start: server, transport, state, tools, URL.
enum StatusTable {
    /// How many lines of a failed server's standard error are shown.
    private static let shownErrorLines = 8

    static func lines(_ rows: [StatusRow]) -> [String] {
        let header = ["SERVER", "TRANSPORT", "STATE", "TOOLS", "URL"]
        let cells = rows.map { [$0.name, $0.status.transport, $0.status.state.rawValue, $0.tools, $0.url] }
        return TextTable.lines(header, cells)
    }

    /// What everybody is to know of servers, and why some have failed, each after an empty line.
    static func failures(_ rows: [StatusRow]) -> [String] {
        var lines: [String] = []
        for row in rows {
            guard let note = row.status.note else { continue }
            lines.append("")
            lines.append("WARNING: \(row.name): \(note).")
        }
        for row in rows where row.status.state == .headerNeeded {
            lines.append("")
            lines.append(
                "\(row.name) waits for callers who send \(row.status.wantedHeaders.joined(separator: " and ")).")
        }
        for row in rows where row.status.state == .failed {
            lines.append("")
            lines.append("\(row.name) failed: \(row.status.error ?? "no reason known").\(row.advice)")
            lines += row.status.errorOutput.suffix(shownErrorLines).map { "    | \($0)" }
        }
        return lines
    }
}
