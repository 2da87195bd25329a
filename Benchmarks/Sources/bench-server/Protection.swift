import BenchmarkKit
import NIOCore

/// The server protected by OAuth, and its authorization server in one, for a client that comes with credentials of its own:
/// as much of them as it takes to find them and to get a token, which lasts a day.
struct Protection {
    private static let token = "granted-for-the-benchmark"
    private let base: String

    init(port: Int) {
        base = "http://127.0.0.1:\(port)"
    }

    /// Returns a whole response to what is asked on the way to a token or comes without one; nil for what is let in.
    func response(to request: HTTPMessage) -> String? {
        if request.head.holds("GET /.well-known/oauth-protected-resource", at: 0) {
            return json(#"{"resource":"\#(base)/mcp","authorization_servers":["\#(base)"]}"#)
        }
        if request.head.holds("GET /.well-known/oauth-authorization-server", at: 0) { return json(metadata) }
        if request.head.holds("POST /token ", at: 0) {
            return json(#"{"access_token":"\#(Self.token)","token_type":"Bearer","expires_in":86400}"#)
        }
        guard request.header("authorization") != nil else {
            let challenge = #"Bearer resource_metadata="\#(base)/.well-known/oauth-protected-resource""#
            return "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: \(challenge)\r\nContent-Length: 0\r\n\r\n"
        }
        return nil
    }

    private var metadata: String {
        """
        {"issuer":"\(base)","authorization_endpoint":"\(base)/authorize","token_endpoint":"\(base)/token",\
        "response_types_supported":["code"],"grant_types_supported":["client_credentials"],\
        "token_endpoint_auth_methods_supported":["client_secret_basic"],"code_challenge_methods_supported":["S256"]}
        """
    }

    private func json(_ text: String) -> String {
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
    }
}
