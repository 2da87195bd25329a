import MCPCore
import NIOCore

/// As whom the proxy is known to one authorization server. Never used with another one
/// ([Authorization Server Binding, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration#authorization-server-binding)).
package struct RegisteredClient: Sendable, Equatable {
    /// How it shows the token endpoint who it is
    /// ([RFC 6749, 2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3)).
    enum Method: String, Sendable {
        case none
        case basic = "client_secret_basic"
        case post = "client_secret_post"
        case privateKey = "private_key_jwt"
    }

    let issuer: String
    let identifier: String
    let secret: String?
    let method: Method
    /// Where answers may be sent; empty where the operator has registered it.
    let redirect: String

    init(issuer: String, identifier: String, secret: String?, method: Method, redirect: String) {
        self.issuer = issuer
        self.identifier = identifier
        self.secret = secret
        self.method = method
        self.redirect = redirect
    }

    /// The one that was kept; nil where it cannot be read.
    init?(_ kept: JSONView) {
        guard let issuer = kept["issuer"]?.string, let identifier = kept["client"]?.string,
            let method = kept["method"]?.string.flatMap(Method.init), let redirect = kept["redirect"]?.string
        else { return nil }
        self.init(
            issuer: issuer, identifier: identifier, secret: kept["secret"]?.string, method: method, redirect: redirect)
    }

    var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("issuer", issuer)
        object.add("client", identifier)
        object.add("secret", secret)
        object.add("method", method.rawValue)
        object.add("redirect", redirect)
        return object.finished
    }
}

extension RegisteredClient.Method {
    /// The one to use with a secret, or without, of those that the server takes.
    ///
    /// - Parameter offered: nil where the server does not say, which means `client_secret_basic`
    ///   ([RFC 8414, 2](https://www.rfc-editor.org/rfc/rfc8414#section-2)).
    init(hasSecret: Bool, offered: [String]?) {
        guard hasSecret else {
            self = .none
            return
        }
        let ours: [Self] = [.basic, .post, .none]
        self = offered.flatMap { offered in ours.first { offered.contains($0.rawValue) } } ?? .basic
    }
}
