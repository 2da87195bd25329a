import Crypto
import MCPCore
import MCPUpstream
import NIOCore

/// Says that somebody has to log in to a server before a call of his can be made, so that his client leads him there
/// ([URL mode elicitation](https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation#url-mode-elicitation-requests)).
struct LoginDemand: Sendable {
    /// The server's name, as clients may see it.
    let server: String
    /// Where he logs in. It is for him alone.
    let address: String
    /// Why the login that he has does not do; nil where he has none.
    let reason: String?

    /// What the client tells this elicitation from others by. It may stand in a log, and says nothing of the address.
    private var elicitation: String {
        Hexadecimal.text(of: SHA256.hash(data: Array(address.utf8)).prefix(16))
    }

    private var words: String {
        "To use the server \"\(server)\" you have to log in to it\(reason.map { " \($0)" } ?? "")."
    }

    /// The parameters of the elicitation.
    private var request: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("mode", "url")
        object.add("elicitationId", elicitation)
        object.add("url", address)
        object.add("message", words)
        return object.finished
    }

    /// Tells a client with a session that its user has done it, so that it may make the call again
    /// ([Completion Notifications, 2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation#completion-notifications-for-url-mode-elicitation)).
    var completion: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("elicitationId", elicitation)
        return OwnMessages.notification(.elicitationCompleted, params: object.finished)
    }

    /// The same for a client without a session.
    var urls: URLDemand { URLDemand(requests: [request]) }

    /// Returns the error that a client gets with a session.
    ///
    /// - Parameter opensURLs: Whether the client leads its user to URLs; else he reads where to go.
    func error(to id: RequestID, opensURLs: Bool) -> ByteBuffer {
        guard opensURLs else {
            return OwnMessages.error(
                id: id, code: .serverUnavailable, message: "\(words) Open \(address) in a browser, then try again.",
                data: [("server", server), ("reason", UpstreamFailure.Code.loginNeeded.rawValue), ("url", address)])
        }
        var data = JSONObjectWriter()
        data.add("elicitations", elements: [request])
        return OwnMessages.error(
            id: id, code: .urlElicitationRequired, message: words, json: data.finished)
    }
}
