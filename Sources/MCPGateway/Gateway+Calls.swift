import Logging
import MCPCore
import MCPValues

// MARK: - Counting calls

extension Gateway {
    /// Counts a call, unless too many are under way or the server takes none any more.
    ///
    /// - Parameters:
    ///   - method: What is asked for; `ping` where a call goes on that was counted before.
    ///   - origin: Which request asks.
    /// - Returns: nil for a call that is counted now, and must be released.
    func admit(
        _ principal: Principal, to server: ServerConnections, for method: Method, in origin: RequestOrigin
    ) -> Refusal? {
        if method.isCall, let seconds = principal.takeCall() {
            tellOfTooMany(principal, at: server, origin)
            return Refusal(
                .tooManyCalls(retryAfter: seconds),
                "too many calls within a minute (callsPerMinute of the client); try again in \(seconds) s")
        }
        guard calls.admit(principal) else {
            return Refusal(.overloaded, "too many calls are under way; try again later")
        }
        guard server.calls.begin() else {
            calls.release(principal)
            return Refusal(.shuttingDown, "server \"\(server.displayName)\" is being removed")
        }
        return nil
    }

    /// Leaves a line once a minute for each caller: who reads the log would else not learn why a client has no answers.
    private func tellOfTooMany(_ principal: Principal, at server: ServerConnections, _ origin: RequestOrigin) {
        guard principal.tellsOfTooMany() else { return }
        server.logger.warning(
            "calls are refused: there are more within a minute than callsPerMinute of the client",
            metadata: [
                "by": "\(principal.name)", "callsPerMinute": "\(principal.rights.callsPerMinute ?? 0)",
                "server": "\(server.displayName)",
            ].merging(origin.facts) { $1 })
    }

    func release(_ principal: Principal, from server: ServerConnections) {
        server.calls.end()
        calls.release(principal)
    }
}

extension Method {
    /// Whether it counts among the calls that a client may make in a minute: what its server does something for, and all
    /// that nobody knows. What only asks what there is, or how far something is, does not.
    fileprivate var isCall: Bool {
        switch self {
        case .toolsCall, .promptsGet, .resourcesRead, .completionComplete, .other: true
        case .initialize, .ping, .toolsList, .promptsList, .resourcesList, .resourceTemplatesList, .resourcesSubscribe,
            .resourcesUnsubscribe, .loggingSetLevel, .serverDiscover, .subscriptionsListen, .tasksGet, .tasksResult,
            .tasksList, .tasksUpdate, .tasksCancel, .rootsList, .samplingCreateMessage, .elicitationCreate,
            .initialized, .cancelled, .progress, .logMessage, .resourceUpdated, .resourceListChanged, .toolListChanged,
            .promptListChanged, .subscriptionAcknowledged, .elicitationCompleted, .rootsListChanged:
            false
        }
    }
}
