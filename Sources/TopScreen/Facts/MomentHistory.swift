import MCPValues

/// The moments of the last minute, from which follows how much happens.
package struct MomentHistory: Sendable {
    /// Over how many seconds is looked back.
    package static let window = 60.0

    private var moments: [ProxyMoment] = []

    package init(_ first: ProxyMoment) {
        moments = [first]
    }

    /// The last one.
    package var current: ProxyMoment? { moments.last }

    /// Takes the next one. What was counted before the proxy was started anew counts no more, and with what was not counted
    /// nothing can be compared.
    package mutating func add(_ moment: ProxyMoment) {
        if let last = moments.last,
            last.started != moment.started || (last.withoutMetrics == nil) != (moment.withoutMetrics == nil)
        {
            moments = []
        }
        // Of those that are too old one is kept, so that there is always something to compare with.
        while moments.count > 1, moments[0].instant < moment.instant - Self.window { moments.removeFirst() }
        moments.append(moment)
    }

    /// How many seconds the numbers are about; nil where they are about the time since the proxy was started.
    package var span: Double? {
        guard moments.count > 1, let first = moments.first, let last = moments.last else { return nil }
        return last.instant - first.instant
    }

    /// What there is to show of each server.
    package var rows: [ServerRow] {
        guard let current = moments.last else { return [] }
        let previous = moments.dropLast().last
        let (first, last) = (Self.servers(of: moments.count > 1 ? moments[0] : nil), Self.servers(of: previous))
        let pause = current.instant - (previous?.instant ?? 0)
        return current.servers.map { server in
            let name = ByteText(server.name)
            return ServerRow(
                server, at: current, since: span.map { (first[name] ?? ServerFacts(name: server.name), seconds: $0) },
                previous: last[name].map { ($0, seconds: pause) })
        }
    }

    /// How many calls there are in a second; nil where nobody tells.
    package func callsPerSecond(of rows: [ServerRow]) -> Double? {
        let known = rows.compactMap(\.callsPerMinute)
        return known.isEmpty ? nil : known.reduce(0, +) / 60
    }

    private static func servers(of moment: ProxyMoment?) -> [ByteText: ServerFacts] {
        Dictionary((moment?.servers ?? []).map { (ByteText($0.name), $0) }) { first, _ in first }
    }
}
