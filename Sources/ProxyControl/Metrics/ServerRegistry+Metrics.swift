import MCPFrontEnd
import MCPGateway
package import Metrics
package import NIOCore
import ProxyConfiguration

// MARK: - What is counted and measured

extension ServerRegistry: MetricsManagement {
    package func metrics(in format: ExpositionFormat) async -> ByteBuffer {
        let servers = self.servers.values.sorted { $0.settings.name < $1.settings.name }
        var moments: [ServerMoment] = []
        let processes = ProcessTable.current
        for server in servers { moments.append(await moment(of: server, processes)) }
        let meters = gateway.meters
        var page = Exposition(format)
        let counted = meters.all
        page.addRequests(to: counted)
        page.add(moments, states: ServerStatus.State.allCases.map(\.rawValue))
        page.addRenewals(for: counted)
        page.add(.sessions, gateway.sessions.count)
        page.add(.streams, meters.streams.current)
        page.add(.suspendedCalls, gateway.suspendedCalls)
        page.addRefusals(meters.refusals)
        page.add(.orphanAnswers, meters.wire.orphanAnswers)
        page.add(.droppedEvents, meters.droppedEvents)
        page.add(.droppedLines, meters.droppedLines)
        page.add(.droppedAuditLines, meters.droppedAuditLines)
        page.add(.droppedSpans, meters.droppedSpans)
        page.addBytes(clients: meters.clientBytes, servers: meters.wire.bytes)
        if let itself = processes.itself { page.add(itself) }
        page.begin(.buildInfo)
        page.add(1, ProgramVersion.text)
        return page.finished
    }

    private func moment(of server: ManagedServer, _ processes: ProcessTable) async -> ServerMoment {
        let status = server.status
        var moment = ServerMoment(name: server.settings.displayName, state: status.state.rawValue)
        moment.inFlight = server.connections.callsInFlight
        moment.restarts = status.restarts
        let turn = server.settings.name
        guard !server.isDisabled, !isClosing else {
            moment.processorSeconds = servers[turn]?.processorTime.total(of: [:])
            return moment
        }
        let connections = await withCheckedContinuation { continuation in
            server.connections.look { continuation.resume(returning: $0) }
        }
        moment.queued = connections.waitingCalls
        var seconds: [Int32: Double] = [:]
        for process in connections.processes {
            guard let use = processes.use(of: process) else { continue }
            moment.processes = (moment.processes ?? ProcessUse(residentBytes: 0, processorSeconds: 0)) + use
            seconds[process] = use.processorSeconds
        }
        moment.processorSeconds = servers[turn]?.processorTime.total(of: seconds)
        return moment
    }
}
