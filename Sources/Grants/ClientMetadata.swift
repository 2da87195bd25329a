import Addresses
import MCPCore
package import NIOCore

/// What the proxy says of itself where it asks to be registered
/// ([RFC 7591, 2](https://www.rfc-editor.org/rfc/rfc7591#section-2)), or in a document of its own
/// ([Client ID Metadata Documents, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration#client-id-metadata-documents)).
package struct ClientMetadata: Sendable {
    let redirects: [String]
    let method: String

    init(redirects: [String], method: String = "none") {
        self.redirects = redirects
        self.method = method
    }

    /// The document at an address that is itself the identifier.
    ///
    /// - Parameters:
    ///   - address: Where it is read.
    ///   - redirects: Where answers may be sent.
    package static func document(at address: String, redirects: [String]) -> ByteBuffer {
        var object = ClientMetadata(redirects: redirects).object
        object.add("client_id", address)
        return object.finished
    }

    /// A request to be registered.
    var registration: ByteBuffer { object.finished }

    private var object: JSONObjectWriter {
        var object = JSONObjectWriter()
        object.add("client_name", "mcp-proxy")
        object.add("redirect_uris", redirects)
        object.add("grant_types", ["authorization_code", "refresh_token"])
        object.add("response_types", ["code"])
        object.add("token_endpoint_auth_method", method)
        object.add("application_type", redirects.allSatisfy(Self.isLoopback) ? "native" : "web")
        return object
    }

    /// Whether an answer sent there stays on the machine of the person.
    private static func isLoopback(_ redirect: String) -> Bool {
        // What is no address is none of ours.
        (try? HTTPURL(redirect))?.origin.isLoopback ?? false
    }
}
