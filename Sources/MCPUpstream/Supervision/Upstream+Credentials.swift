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

    /// The server has refused what a conversation began with: calls that go with something else are not refused with it.
    ///
    /// - Returns: Whether such a call waits.
    func failWaiting(_ failure: UpstreamFailure, bringing refused: BroughtFields?) -> Bool {
        // One by one, because whoever hears of the first may cancel the next; what is added meanwhile stays.
        var left = queue.count
        while left > 0, let call = queue.takeNext(bringing: refused, orNothing: !hasMissedCredentials) {
            left -= 1
            call.receiver.exchangeFailed(failure.beforeSending)
        }
        return !queue.isEmpty
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
