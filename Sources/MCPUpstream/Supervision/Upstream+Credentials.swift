import NIOCore

// MARK: - Servers that want other credentials

extension Upstream {
    /// Somebody has logged in to the server, or brings other credentials: tries it at once, if it was waiting for that.
    package func credentialsChanged() {
        hasMissedCredentials = true
        guard case .waiting(let failure) = state, failure.endsWithCredentials else { return }
        attempt()
    }

    /// Sends these header fields of the client from now on with what has none of its own.
    package func pass(_ brought: BroughtFields) {
        for conversation in conversations { conversation.link.pass(brought) }
        successor?.conversation.link.pass(brought)
        credentialsChanged()
    }

    /// Tries the server soon, if it is waited for: somebody has reason to believe that it is otherwise than it was.
    package func lookAgain() {
        if case .waiting = state { bringRetryForward() }
    }

    /// What a caller brings is judged anew when he calls again: the server may accept it by now.
    var retryOnDemand: NIODeadline? {
        guard case .waiting(let failure) = state, failure.code == .callerRefused else { return nil }
        return .distantFuture
    }
}
