import MCPCore

/// Why a call goes no further than the gateway.
struct CallRefusal {
    let code: ErrorCode
    let words: String
}

// MARK: - Counting calls

extension Gateway {
    /// Counts a call, unless too many are under way or the server takes none any more.
    ///
    /// - Returns: nil for a call that is counted now, and must be released.
    func admit(_ principal: Principal, to server: ServerConnections) -> CallRefusal? {
        guard calls.admit(principal) else {
            return CallRefusal(code: .overloaded, words: "too many calls are under way; try again later")
        }
        guard server.calls.begin() else {
            calls.release(principal)
            return CallRefusal(code: .shuttingDown, words: "server \"\(server.displayName)\" is being removed")
        }
        return nil
    }

    func release(_ principal: Principal, from server: ServerConnections) {
        server.calls.end()
        calls.release(principal)
    }
}
