// MARK: - Servers

extension Exposition {
    /// Writes what servers are like.
    ///
    /// - Parameter states: All that there are.
    package mutating func add(_ servers: [ServerMoment], states: [String]) {
        begin(.inFlight)
        for server in servers { add(server.inFlight, server.name) }
        begin(.queued)
        for server in servers { add(server.queued, server.name) }
        begin(.upstreamState)
        for server in servers {
            for state in states { add(state == server.state ? 1 : 0, server.name, state) }
        }
        begin(.restarts)
        for server in servers { add(server.restarts, server.name) }
        begin(.processMemory)
        for server in servers {
            if let processes = server.processes { add(processes.residentBytes, server.name) }
        }
        begin(.processTime)
        for server in servers {
            if let seconds = server.processorSeconds { add(seconds, server.name) }
        }
    }

    /// Writes how it went that tokens for servers were renewed; nothing for servers that need none.
    package mutating func addRenewals(for servers: [(name: String, meter: ServerMeter)]) {
        begin(.refreshes)
        for (name, meter) in servers {
            let counted = meter.renewals.current
            guard counted.contains(where: { $0.number > 0 }) else { continue }
            for (outcome, number) in counted { add(number, name, outcome) }
        }
    }

    /// Writes a counter that has no labels.
    package mutating func add(_ family: MetricFamily, _ counter: Counter) {
        begin(family)
        add(counter.current)
    }

    /// Writes what was read from clients and servers, and written to them.
    package mutating func addBytes(clients: Traffic, servers: Traffic) {
        begin(.bytes)
        for (traffic, side) in [(clients, "client"), (servers, "upstream")] {
            add(traffic.read.current, "in", side)
            add(traffic.written.current, "out", side)
        }
    }

    /// Writes what was refused.
    package mutating func addRefusals(_ refusals: LabelledCounter<RefusalReason>) {
        begin(.refusals)
        for (reason, number) in refusals.current { add(number, reason) }
    }
}
