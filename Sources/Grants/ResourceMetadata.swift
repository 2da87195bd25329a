import Addresses
import MCPCore

/// What a server says of who protects it ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)).
struct ResourceMetadata: Sendable, Equatable {
    /// How many authorization servers and scopes are looked at.
    static let maximumEntries = 100

    /// The server's own name for itself, which goes into requests for tokens.
    let resource: String
    let authorizationServers: [String]
    /// nil where it does not say.
    let scopesSupported: [String]?

    /// - Parameter server: The address at which the server is called.
    /// - Throws: What is wrong with it. What stands there of another resource is not believed: a token for that could be
    ///   had in its name ([RFC 9728, 3.3](https://www.rfc-editor.org/rfc/rfc9728#section-3.3)).
    init(_ document: JSONText, of server: HTTPURL, from place: HTTPURL) throws(GrantFailure) {
        let root = document.root
        guard let resource = root["resource"]?.string else {
            throw GrantFailure(.unusable, "\(place) names no resource")
        }
        guard Self.covers(resource, server) else {
            throw GrantFailure(
                .unusable,
                "\(place) is about the resource \"\(PrintableText.make(resource))\", and not about \(server.resourceIdentifier)"
            )
        }
        self.resource = resource
        authorizationServers = root["authorization_servers"]?.texts(Self.maximumEntries) ?? []
        guard !authorizationServers.isEmpty else {
            throw GrantFailure(.unusable, "\(place) names no authorization server")
        }
        scopesSupported = root["scopes_supported"]?.texts(Self.maximumEntries)
    }

    /// Whether a server is the resource, or lies below it.
    static func covers(_ resource: String, _ server: HTTPURL) -> Bool {
        // What is no address covers nothing, whatever the error says.
        guard let url = try? HTTPURL(resource), url.origin == server.origin, url.target == url.path else {
            return false
        }
        let path = url.path.hasSuffix("/") ? url.path : url.path + "/"
        let own = server.path.hasSuffix("/") ? server.path : server.path + "/"
        return own.utf8.starts(with: path.utf8)
    }
}

extension JSONView {
    /// The texts of a list; nil where it is none. Other elements are passed over.
    func texts(_ maximum: Int) -> [String]? {
        guard isArray else { return nil }
        return Array(elements.lazy.compactMap(\.string).prefix(maximum))
    }
}
