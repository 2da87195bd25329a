import MCPUpstream
import Metrics

/// The end of a client's request: as it is counted, and in a word for the log, which may tell more.
struct RequestEnd: Sendable {
    let outcome: RequestOutcome
    let word: String
    /// Why the proxy has refused it; nil where it has not.
    var refusal: Refusal.Reason?
    /// How long the answer was, as its server gave it; 0 where the proxy answered.
    var answerBytes = 0
    /// The code of the error that its server has answered; nil where that is not how it has ended.
    var errorCode: Int?

    static let ok = RequestEnd(outcome: .ok, word: "ok")
    static let failedTool = RequestEnd(outcome: .toolError, word: "isError")
    static let error = RequestEnd(outcome: .error, word: "error")
    static let cancelled = RequestEnd(outcome: .cancelled, word: "cancelled")
    /// Its client has not come back with what it was asked for.
    static let expired = RequestEnd(outcome: .cancelled, word: "expired")
    static let shutdown = RequestEnd(outcome: .refused, word: "shutdown", refusal: .shuttingDown)
    /// The caller has to log in to the server first.
    static let login = RequestEnd(outcome: .unavailable, word: UpstreamFailure.Code.loginNeeded.rawValue)

    /// The proxy says no; or the server said something that is no answer, which the proxy does not pass on.
    static func refused(_ reason: Refusal.Reason) -> RequestEnd {
        if reason == .invalidAnswer { return .error }
        return RequestEnd(outcome: .refused, word: reason == .hiddenTool ? "filtered" : "refused", refusal: reason)
    }

    /// A word that tells more than the outcome: of a refusal, as what it is counted.
    var reason: String {
        guard let refusal, refusal != .hiddenTool else { return word }
        return RefusalReason(refusal).rawValue
    }

    static func failed(_ failure: UpstreamFailure) -> RequestEnd {
        RequestEnd(outcome: RequestOutcome(failure.code), word: failure.code.rawValue)
    }
}

extension RequestOutcome {
    /// Says as what a failure is counted.
    fileprivate init(_ code: UpstreamFailure.Code) {
        self =
            switch code {
            case .timedOut: .timeout
            case .overloaded: .refused
            case .unreadable, .unexpectedHTTPAnswer, .notStateless: .error
            case .commandNotRunnable, .processEnded, .notReachable, .unauthorized, .loginNeeded, .tokenNeeded,
                .callerRefused, .connectionLost, .handshakeRefused, .eraChanged, .onlyStateless, .closed:
                .unavailable
            }
    }
}
