import Logging
import MCPUpstream

// MARK: - Connections that were lost, or could not be made

extension ServerConnections {
    /// Notes a loss. The same reason again and again, as at every retry, is told once.
    func connection(_ connection: Connection, wasLost failure: UpstreamFailure) {
        countRestarts(of: connection)
        guard !isOfOneSession(connection) else { return }
        if isSource(connection) { catalog.serverWasLost() }
        catalog.settle()
        switch failure.code {
        case .loginNeeded, .tokenNeeded: return waitsForLogin(connection, failure)
        case .callerRefused: return waitsForCallers(connection, failure)
        default: break
        }
        if settings.needsCallers, !isSource(connection) { return lookAtServer() }
        let errorOutput = connection.upstream.recentErrorOutput
        let isNew = status.error != failure.detail
        var facts: Logger.Metadata = ["server": "\(displayName)", "reason": "\(failure.logDetail)"]
        if let last = errorOutput.last { facts["stderr"] = "\(last)" }
        logger.log(level: isNew ? .warning : .debug, "server failed", metadata: facts)
        update {
            $0.state = .failed
            $0.error = failure.detail
            $0.errorCode = failure.code
            $0.errorOutput = errorOutput
            $0.processID = nil
        }
    }

    /// Adds how often a connection was made anew since that was looked at last, to what there was of all connections.
    func countRestarts(of connection: Connection) {
        let new = connection.takeRestarts()
        if new > 0 { update { $0.restarts += new } }
    }
}
