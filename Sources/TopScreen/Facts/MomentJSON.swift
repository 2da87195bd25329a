import MCPCore
package import NIOCore

/// Writes what there is to show for programs.
package enum MomentJSON {
    /// Returns the proxy and its servers as an object.
    package static func text(of history: MomentHistory) -> ByteBuffer {
        guard let moment = history.current else { return ByteBuffer(string: "{}") }
        let rows = history.rows
        var proxy = JSONObjectWriter()
        proxy.add("version", moment.version)
        proxy.add("uptimeSeconds", moment.started.map { max(0, moment.time - $0).rounded() })
        proxy.add("sessions", moment.sessions)
        proxy.add("streams", moment.streams)
        proxy.add("callsPerSecond", history.callsPerSecond(of: rows))
        proxy.add("memoryBytes", moment.memory)
        proxy.add("withoutMetrics", moment.withoutMetrics)
        var servers = JSONObjectWriter()
        for row in rows { servers.add(row.facts.name, json: object(row)) }
        var all = JSONObjectWriter()
        all.add("proxy", json: proxy.finished)
        all.add("servers", json: servers.finished)
        return all.finished
    }

    private static func object(_ row: ServerRow) -> ByteBuffer {
        var object = JSONObjectWriter()
        object.add("state", row.facts.state)
        object.add("stateSeconds", row.age?.rounded())
        object.add("era", row.facts.era)
        object.add("transport", row.facts.transport)
        object.add("callsPerMinute", row.callsPerMinute)
        object.add("calls", row.facts.calls)
        object.add("errors", row.facts.errors)
        object.add("p50Seconds", row.median)
        object.add("p99Seconds", row.slowest)
        object.add("inFlight", row.facts.inFlight)
        object.add("queued", row.facts.queued)
        object.add("memoryBytes", row.facts.memory)
        object.add("processor", row.processor)
        object.add("restarts", row.facts.restarts)
        object.add("lastError", row.facts.trouble)
        return object.finished
    }
}

extension JSONObjectWriter {
    /// Whole numbers stand there as such.
    fileprivate mutating func add(_ member: String, _ number: Double?) {
        guard let number, number.isFinite else { return }
        add(member, json: ByteBuffer(string: Int(exactly: number).map(String.init) ?? "\(number)"))
    }
}
