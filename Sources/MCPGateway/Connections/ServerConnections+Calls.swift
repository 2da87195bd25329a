import Logging
package import MCPUpstream

// MARK: - Calls that fail

extension Connection {
    package func upstreamLostSession(_ upstream: Upstream) {
        server.update { $0.sessionsLost += 1 }
    }
}

extension ServerConnections {
    /// Tells the operator that a server answers a call in a way that is none, which its state does not show. The same
    /// words again and again are told once.
    ///
    /// - Parameters:
    ///   - passed: What came with the call for servers. An answer to what one caller brings to this one may be for him
    ///     alone, as wrong as that is, and says nothing of the server to everybody else.
    ///   - origin: Which request made the call.
    func callFailed(_ failure: UpstreamFailure, _ passed: PassedFields, in origin: RequestOrigin) {
        switch failure.code {
        case .unexpectedHTTPAnswer, .unreadable, .notStateless, .unauthorized: break
        case .loginNeeded, .tokenNeeded, .callerRefused, .commandNotRunnable, .processEnded, .notReachable,
            .onlyStateless, .connectionLost, .timedOut, .handshakeRefused, .eraChanged, .overloaded, .closed:
            return
        }
        guard !failure.nothingSent, status.callError != failure.detail else { return }
        var facts = origin.facts
        facts["server"] = "\(displayName)"
        facts["reason"] = "\(failure.logDetail)"
        if let brought = brought(passed), !brought.fields.isEmpty {
            logger.debug(
                "server did not answer a call with a caller's headers as the protocol demands", metadata: facts)
            return
        }
        update { $0.callError = failure.detail }
        logger.warning("server did not answer a call as the protocol demands", metadata: facts)
    }
}
