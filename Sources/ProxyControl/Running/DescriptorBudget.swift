package import Logging
import MCPValues
package import ProxyConfiguration

/// Divides the open files that the system allows between clients, servers, and the proxy itself, so that none of them
/// can use up what the others need.
package struct DescriptorBudget {
    /// Event loops, timers, the listener, the log, files that are read, a process that is being started, and the few
    /// connections that are let in beyond the maximum, so that the proxy can be managed.
    static let reserve = 56
    /// Below this there is nothing left to divide.
    private static let minimum = 8

    /// How many connections of clients may be open.
    let clients: Int
    /// How many open files may be used to reach servers; nil where there is no need to count.
    package let servers: Int?

    /// - Parameter limit: How many files may be open; 0 when that is not known.
    package init(_ limit: Int, for settings: ProxySettings) {
        let wanted = settings.limits.maxConnections
        let left = max(limit - Self.reserve, 2 * Self.minimum)
        // A client of a remote server may have a call and a stream there; others share processes.
        let share = settings.servers.contains(where: \.needsConnectionsPerClient) ? 3 : 1
        let perProcess = 8 * settings.servers.count
        guard limit > 0, left < wanted * share + perProcess else {
            clients = wanted
            servers = limit > 0 ? max(left - wanted, Self.minimum) : nil
            return
        }
        let forClients = share > 1 ? left / share : min(left - left / 4, left - perProcess)
        clients = min(wanted, max(forClients, Self.minimum))
        servers = max(left - clients, Self.minimum)
    }

    /// The settings with a maximum of connections that the limit of open files allows.
    package func apply(to settings: ProxySettings, limit: Int, _ logger: Logger) -> ProxySettings {
        guard clients < settings.limits.maxConnections else { return settings }
        logger.notice(
            "fewer client connections than limits.maxConnections, because of the limit of open files (ulimit -n)",
            metadata: [
                "openFiles": "\(limit)", "connections": "\(clients)", "forServers": "\(servers ?? 0)",
            ]
        )
        var settings = settings
        settings.limits.maxConnections = clients
        return settings
    }
}

extension ServerSettings {
    /// Whether each client has its own way to the server.
    fileprivate var needsConnectionsPerClient: Bool {
        if case .http = transport { return true }
        return isolation == .session
    }
}
