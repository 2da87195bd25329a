import MCPCore

// MARK: - Counting calls

extension Gateway {
    /// Counts a call, unless too many are under way or the server takes none any more.
    ///
    /// - Returns: nil for a call that is counted now, and must be released.
    func admit(_ principal: Principal, to server: ServerConnections) -> Refusal? {
        if let seconds = principal.takeCall() {
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

    func release(_ principal: Principal, from server: ServerConnections) {
        server.calls.end()
        calls.release(principal)
    }
}
