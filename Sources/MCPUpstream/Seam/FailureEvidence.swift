/// Says what the failure of a single call tells about the server. It is judged so that a caller who asks for too much,
/// or for what is not there, does not make the server look broken (docs/decisions/0032-circuit-breaker.md).
enum FailureEvidence: Sendable {
    /// The server is not able to serve.
    case outage
    /// The server is there and has looked at the request.
    case alive
    /// Neither: it was not asked, or only has not answered yet.
    case nothing

    /// What a failure of this kind says where nothing more is known of it.
    init(of code: UpstreamFailure.Code, status: Int?) {
        switch code {
        case .processEnded, .notReachable, .connectionLost, .unreadable, .commandNotRunnable:
            self = .outage
        case .unexpectedHTTPAnswer:
            if let status, (400...501).contains(status) || status == 505 {
                self = .alive
            } else {
                self = .outage
            }
        case .unauthorized, .loginNeeded, .tokenNeeded, .callerRefused, .notStateless, .onlyStateless,
            .handshakeRefused:
            self = .alive
        case .timedOut, .eraChanged, .overloaded, .closed: self = .nothing
        }
    }
}
