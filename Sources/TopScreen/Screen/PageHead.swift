/// What stands above the table: the proxy, and all servers together.
struct PageHead {
    let history: MomentHistory
    let rows: [ServerRow]

    /// The proxy itself.
    var proxy: String {
        let moment = history.current
        var facts = ["mcp-proxy" + (moment?.version.map { " " + CellText.safe($0) } ?? "")]
        if let moment, let started = moment.started { facts.append("up \(ClockText.age(moment.time - started))") }
        if let sessions = moment?.sessions { facts.append(Self.number(sessions, "session")) }
        if let streams = moment?.streams { facts.append(Self.number(streams, "stream")) }
        if let calls = history.callsPerSecond(of: rows) { facts.append("\(NumberText.count(calls)) calls/s") }
        if let memory = moment?.memory { facts.append("\(NumberText.bytes(memory)) memory") }
        if let moment { facts.append(ClockText.time(moment.time)) }
        return facts.joined(separator: "  ")
    }

    /// How many servers there are in each state, and what the numbers of the table are about.
    var servers: String {
        var counts: [(state: String, count: Int)] = []
        for row in rows {
            if let place = counts.firstIndex(where: { $0.state == row.facts.state }) {
                counts[place].count += 1
            } else {
                counts.append((row.facts.state, 1))
            }
        }
        let states = counts.sorted { ($1.count, $0.state) < ($0.count, $1.state) }
            .map { "\($0.count) \(CellText.safe($0.state))" }
        let all = Self.number(rows.count, "server") + (states.isEmpty ? "" : ": " + states.joined(separator: ", "))
        guard history.current?.withoutMetrics == nil else { return all }
        let time = history.span.map { "in the last \(ClockText.age($0.rounded()))" } ?? "since the start"
        return "\(all)  (rates and times: \(time))"
    }

    private static func number(_ count: Int, _ what: String) -> String {
        "\(NumberText.count(Double(count))) \(what)\(count == 1 ? "" : "s")"
    }
}
