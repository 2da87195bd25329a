import Logging
import MCPCore
import MCPUpstream
import NIOCore
import Synchronization

// MARK: - Servers that somebody has to log in to

extension ServerConnections {
    /// Shows how it stands with the login; nil where nobody logs in. What waits for a login is tried at once when somebody
    /// has logged in, be it for himself alone, or when nobody has to any more.
    package func take(_ login: ServerLogin?, somebodyLoggedIn: Bool = false) {
        let wasNeeded = state.withLock { $0.status.login?.need != nil }
        var login = login
        login?.isByItself = settings.getsTokensByItself
        update { [login] in $0.login = login }
        guard somebodyLoggedIn || wasNeeded && login?.need == nil else { return }
        for connection in all { connection.runNowOrLater { $0.upstream.credentialsChanged() } }
    }

    /// Calls back once every connection has taken note of a login that it was told of. An event loop reads from clients before
    /// it does what it was told, so that a call could come before that otherwise.
    package func whenLoginIsNoticed(_ completion: @escaping @Sendable () -> Void) {
        let connections = all
        guard !connections.isEmpty else { return completion() }
        let countdown = Countdown(connections.count, completion)
        for connection in connections { connection.eventLoop.execute { countdown.tick() } }
    }

    /// Says where a caller has to log in for himself before a call of his can be made; nil where nobody has to.
    func loginDemand(_ failure: UpstreamFailure, of principal: Principal) -> LoginDemand? {
        guard failure.code == .loginNeeded, let address = settings.personalLogins?.address(for: principal) else {
            return nil
        }
        return LoginDemand(server: displayName, address: address, reason: failure.loginReason)
    }

    /// Notes a connection that is not possible before somebody has logged in, or comes with a token. It is no failure.
    func waitsForLogin(_ connection: Connection, _ failure: UpstreamFailure) {
        // That one caller has to log in says nothing of the others.
        guard !settings.actsForCallers || isSource(connection) && status.state != .ready else { return }
        logger.debug(
            "server waits for somebody", metadata: ["server": "\(displayName)", "reason": "\(failure.logDetail)"])
        update {
            $0.state = failure.code == .loginNeeded ? .loginNeeded : .tokenNeeded
            // That nobody has logged in yet is said of no one in particular.
            if settings.personalLogins != nil, $0.login == nil {
                $0.login = ServerLogin(need: failure.detail, isForEverything: true, account: nil, end: nil)
            }
            $0.error = nil
            $0.errorCode = failure.code
            $0.processID = nil
        }
    }
}

extension ServerStatus {
    /// The status as it is shown: a server that is reachable and can be asked nothing needs a login, too.
    var shown: ServerStatus {
        guard let login, login.need != nil, login.isForEverything, state == .ready else { return self }
        var status = self
        status.state = .loginNeeded
        return status
    }
}
