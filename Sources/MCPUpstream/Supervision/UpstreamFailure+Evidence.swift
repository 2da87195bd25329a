/// What the failure of a single call says about the server.
enum FailureEvidence {
    /// The server is not able to serve.
    case outage
    /// The server is there and has looked at the request.
    case alive
    /// Neither: it was not asked, or only has not answered yet.
    case nothing
}

extension UpstreamFailure {
    /// Judged so that a caller who asks for too much, or for what is not there, does not make the server look broken
    /// (docs/decisions/0032-circuit-breaker.md).
    var evidence: FailureEvidence {
        switch code {
        // It has answered this call, however badly.
        case .unreadable where publicDetail != nil: .alive
        case .processEnded, .notReachable, .connectionLost, .unreadable, .commandNotRunnable: .outage
        case .unexpectedHTTPAnswer:
            if let status, (400...501).contains(status) || status == 505 { .alive } else { .outage }
        case .unauthorized, .notStateless, .onlyStateless, .handshakeRefused: .alive
        case .timedOut, .eraChanged, .overloaded, .closed: .nothing
        }
    }
}
