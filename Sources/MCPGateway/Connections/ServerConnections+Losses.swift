import Logging
import MCPUpstream

// MARK: - Connections that were lost, or could not be made

extension ServerConnections {
    /// Notes a loss. The same reason again and again, as at every retry, is told once.
    func connection(_ connection: Connection, wasLost failure: UpstreamFailure) {
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
        let restarts = connection.upstream.restarts
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
            $0.restarts = restarts
        }
    }
}
