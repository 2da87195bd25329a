/// Where something is found that is said about an address ([RFC 8615](https://www.rfc-editor.org/rfc/rfc8615)).
extension HTTPURL {
    /// The address at which a document about this one stands: its name between host and path
    /// ([RFC 8414, 3](https://www.rfc-editor.org/rfc/rfc8414#section-3),
    /// [RFC 9728, 3](https://www.rfc-editor.org/rfc/rfc9728#section-3)). A slash at the end of the path does not count.
    package func wellKnown(_ name: String) -> HTTPURL {
        HTTPURL(origin: origin, target: "/.well-known/\(name)\(pathWithoutSlash)")
    }

    /// Where the metadata of an issuer with this name may be, the likeliest place first
    /// ([Authorization Server Metadata Discovery, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/authorization-server-discovery)).
    package var placesOfIssuerMetadata: [HTTPURL] {
        var places = [wellKnown("oauth-authorization-server"), wellKnown("openid-configuration")]
        if !pathWithoutSlash.isEmpty {
            places.append(HTTPURL(origin: origin, target: "\(pathWithoutSlash)/.well-known/openid-configuration"))
        }
        return places
    }

    /// Where a protected resource says which issuers it believes: at its path, and for the whole origin
    /// ([RFC 9728, 3.1](https://www.rfc-editor.org/rfc/rfc9728#section-3.1)).
    package var placesOfResourceMetadata: [HTTPURL] {
        let own = wellKnown("oauth-protected-resource")
        let root = HTTPURL(origin: origin, target: "/.well-known/oauth-protected-resource")
        return own == root ? [own] : [own, root]
    }

    /// The name of a protected resource at this address: without what a query may hold, and without a slash at the end
    /// ([RFC 8707, 2](https://www.rfc-editor.org/rfc/rfc8707#section-2),
    /// [Canonical Server URI, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#canonical-server-uri)).
    package var resourceIdentifier: String { "\(origin)\(pathWithoutSlash)" }

    private var pathWithoutSlash: String { path.hasSuffix("/") ? String(path.dropLast()) : path }
}
