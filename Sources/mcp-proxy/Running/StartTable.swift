import MCPGateway
import NIOCore
import ProxyConfiguration
import ProxyControl
import Synchronization

/// The table of servers: shown once when it is due, and again when servers that were starting have come up or failed.
final class StartTable: Sendable {
    private struct State {
        /// The table is shown one time after the other.
        var showing: Task<Void, Never>?
        /// Whose failure has been told.
        var told: Set<String> = []
        var isShown = false
        var isFinal = false
    }

    private let settings: ProxySettings
    private let registry: ServerRegistry
    private let port: Int
    private let state = Mutex(State())

    init(_ settings: ProxySettings, _ registry: ServerRegistry, port: Int?) {
        self.settings = settings
        self.registry = registry
        self.port = port ?? settings.address.port
    }

    /// Shows how the servers are. Not waited for: a signal must not wait for the owner of the servers.
    ///
    /// - Parameter isFinal: Whether none of them is starting any more.
    func show(isFinal: Bool = false) {
        state.withLock { state in
            state.showing = Task { [before = state.showing] in
                await before?.value
                await self.showNow(isFinal: isFinal)
            }
        }
    }

    private func showNow(isFinal: Bool) async {
        let rows = await self.rows()
        let isFinal = isFinal || !rows.contains { $0.status.state == .starting }
        let (isFirst, isNews, told) = state.withLock { state in
            defer {
                state.isShown = true
                state.isFinal = state.isFinal || isFinal
                state.told = Set(rows.filter { $0.status.state == .failed }.map(\.name))
            }
            return (!state.isShown, !state.isShown || (isFinal && !state.isFinal), state.told)
        }
        guard isNews else { return }
        let table = StatusTable.lines(rows)
        guard isFirst else {
            let news = StatusTable.failures(rows.filter { !told.contains($0.name) })
            return Terminal.renew(table, and: news, orPrint: [""] + table + StatusTable.failures(rows))
        }
        let bound = ListenerAddress.bound(settings, port: port)
        Terminal.print("")
        for line in await together() { Terminal.print(line) }
        Terminal.print(renewable: table)
        for line in StatusTable.failures(rows) + [""] { Terminal.print(line) }
        Terminal.print("listening on \(bound), serving \(ListenerAddress.base(settings, port: port)) (Ctrl-C ends)")
    }

    /// Where servers are offered together, before where each is alone.
    private func together() async -> [String] {
        let names = await registry.groupNames
        guard !names.isEmpty else { return [] }
        let lines = names.map { name in
            "\(name.isEmpty ? "all servers" : "group \(name)"): \(ListenerAddress.url(ofGroup: name, in: settings, port: port))"
        }
        return lines + [""]
    }

    private func rows() async -> [StatusRow] {
        let servers = await registry.servers
        let order = settings.servers.map(\.name)
        let added = servers.keys.filter { !order.contains($0) }.sorted()
        return (order + added).compactMap { servers[$0] }.map { server in
            StatusRow(
                name: server.settings.displayName,
                url: ListenerAddress.url(of: server.settings, in: settings, port: port),
                status: server.status,
                isTriedAgain: server.settings.cannotStart == nil
            )
        }
    }
}
