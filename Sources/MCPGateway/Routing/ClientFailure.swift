import MCPCore
import MCPUpstream
import NIOCore

/// Turns failures into the JSON-RPC errors that clients get.
///
/// The words name the server and say what to do, and keep back what only the operator may see: commands, paths,
/// addresses and what the server itself said. Another proxy in between has kept that back already: its words go on.
enum ClientFailure {
    static func answer(to id: RequestID, server: String, _ failure: UpstreamFailure) -> ByteBuffer {
        if let theirs = failure.forwarded {
            return OwnMessages.error(id: id, code: theirs.code, message: theirs.message, json: theirs.data)
        }
        var facts = [("server", server), ("reason", failure.code.rawValue)]
        guard let pause = failure.pause else {
            let (code, words) = explain(failure)
            let isSaid = [.callerRefused, .notReachable, .unauthorized].contains(failure.code)
            let more = isSaid ? "" : failure.publicDetail.map { ": \($0)" } ?? ""
            return OwnMessages.error(id: id, code: code, message: "server \"\(server)\" \(words)\(more)", data: facts)
        }
        facts += [("circuit", "open"), ("retryAfter", String(pause.seconds))]
        let next = pause.seconds == 0 ? "an attempt is under way" : "the next attempt is due in \(pause.seconds) s"
        return OwnMessages.error(
            id: id,
            code: .serverUnavailable,
            message:
                "server \"\(server)\" has failed \(pause.failures) times in a row and is not called for now; \(next)",
            data: facts
        )
    }

    private static func explain(_ failure: UpstreamFailure) -> (ErrorCode, String) {
        switch failure.code {
        case .commandNotRunnable: (.serverUnavailable, "could not be started; the proxy's operator can see why")
        case .processEnded:
            failure.nothingSent
                ? (.serverUnavailable, "is not running; it is being restarted, try again")
                : (.serverLost, "ended before it answered; it is being restarted")
        case .notReachable:
            (.serverUnavailable, failure.publicDetail ?? "cannot be reached; it is tried again, try later")
        case .unexpectedHTTPAnswer, .notStateless: (.invalidAnswer, "gave an HTTP answer that is not the protocol's")
        case .unauthorized:
            (
                .serverUnavailable,
                failure.publicDetail ?? "refused the proxy's credentials; its operator has to renew them"
            )
        case .loginNeeded: (.serverUnavailable, "wants somebody to log in")
        case .tokenNeeded: (.serverUnavailable, "takes only callers with an access token")
        case .callerRefused: (.serverUnavailable, failure.publicDetail ?? "refused what you sent for it")
        case .connectionLost: (.serverLost, "lost the connection before it answered")
        case .timedOut: (.serverTimeout, "did not answer in time")
        case .handshakeRefused: (.serverUnavailable, "refused the handshake")
        case .unreadable: (.invalidAnswer, "sent something that cannot be read")
        case .eraChanged, .onlyStateless:
            (.serverLost, "was replaced by one that speaks another protocol era; connect again")
        case .overloaded: (.overloaded, "has too many calls waiting; try again later")
        case .closed: (.shuttingDown, "is being stopped")
        }
    }
}
