import MCPCore
import MCPGateway
import NIOCore

/// Says what clients are told of how to come by an access token
/// ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728),
/// [Authorization, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization)).
package struct ProtectedResource: Sendable {
    static let metadataPath = "/.well-known/oauth-protected-resource"

    let issuers: [String]
    let scopesSupported: [String]
    let requiredScopes: [String]
    let origin: PublicOrigin
    let judge: any AccessTokenJudge

    /// - Parameters:
    ///   - origin: The configured one; nil where there is none.
    ///   - speaksTLS: Whether the proxy itself does.
    package init(
        issuers: [String], scopesSupported: [String], requiredScopes: [String], origin: String?,
        judge: any AccessTokenJudge, speaksTLS: Bool = false
    ) {
        self.issuers = issuers
        self.scopesSupported = scopesSupported.isEmpty ? requiredScopes : scopesSupported
        self.requiredScopes = requiredScopes
        self.origin = PublicOrigin(configured: origin, speaksTLS: speaksTLS)
        self.judge = judge
    }

    /// Returns the path that metadata is about, with `/` for the proxy as a whole; nil for the path of something else.
    static func subject(ofMetadataAt path: String) -> String? {
        guard path.utf8.starts(with: metadataPath.utf8) else { return nil }
        let rest = path.utf8.dropFirst(metadataPath.utf8.count)
        guard let first = rest.first else { return "/" }
        return first == UInt8(ascii: "/") ? String(rest) : nil
    }

    /// Returns the canonical address of what is at a path: no slash at its end.
    func address(of path: String, _ request: AdmittedRequest) -> String {
        let encoded = PathEncoding.encode(path)
        return origin.text(for: request)
            + (encoded.utf8.last == UInt8(ascii: "/") ? String(encoded.dropLast()) : encoded)
    }

    /// Returns the metadata of what is at a path.
    func metadata(of path: String, _ request: AdmittedRequest) -> ByteBuffer {
        var object = JSONObjectWriter()
        object.add("resource", address(of: path, request))
        object.add("authorization_servers", issuers)
        if !scopesSupported.isEmpty { object.add("scopes_supported", scopesSupported) }
        object.add("bearer_methods_supported", ["header"])
        return object.finished
    }

    /// Returns what a refusal says of better tokens; nil where another token would not help
    /// ([RFC 6750, 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
    func challenge(for refusal: Refusal, _ request: AdmittedRequest) -> String? {
        var parts: [String] = []
        switch refusal.reason {
        case .tokenMissing: break
        case .tokenInvalid:
            parts = [#"error="invalid_token""#, #"error_description="\#(Self.quotable(refusal.words))""#]
        case .scopeMissing:
            parts = [#"error="insufficient_scope""#, #"error_description="\#(Self.quotable(refusal.words))""#]
        default: return nil
        }
        let place = address(of: Self.metadataPath + request.target.path, request)
        parts.append(#"resource_metadata="\#(place)""#)
        // All of them at once, so that nobody has to log in again for each.
        let scopes = requiredScopes + refusal.scopes
        if !scopes.isEmpty { parts.append(#"scope="\#(scopes.joined(separator: " "))""#) }
        return "Bearer " + parts.joined(separator: ", ")
    }

    /// Returns what may stand between quotation marks there: visible ASCII without these and without backslashes.
    private static func quotable(_ words: String) -> String {
        String(words.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0x7F && $0 != "\"" && $0 != "\\" })
    }
}
