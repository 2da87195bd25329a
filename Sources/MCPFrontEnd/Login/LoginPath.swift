/// Says where in the proxy people log in to servers with their browsers.
package enum LoginPath: Equatable, Sendable {
    /// The page on which a login begins, by the name of its server.
    case page(String)
    /// Where an authorization server sends the browser back to.
    case callback
    /// What the proxy says of itself to authorization servers.
    case document

    static let root = "/oauth/"
    /// Below the path of the base URL.
    package static let callbackPath = root + "callback"
    /// Below the path of the base URL.
    package static let documentPath = root + "client-metadata.json"

    /// Returns the path of the page of a server, below that of the base URL.
    package static func page(of server: String) -> String { "\(root)login/\(PathEncoding.encode(server))" }

    /// Reads a decoded path; nil when it is none of them.
    ///
    /// - Parameter prefix: The path of the base URL. A reverse proxy may have taken it away, so it may be missing.
    init?(_ path: String, prefix: String) {
        guard let root = [prefix + Self.root, Self.root].first(where: { path.utf8.starts(with: $0.utf8) }),
            let rest = String(path.utf8.dropFirst(root.utf8.count))
        else { return nil }
        switch rest {
        case "callback": self = .callback
        case "client-metadata.json": self = .document
        default:
            guard rest.hasPrefix("login/"), rest.utf8.count > 6 else { return nil }
            self = .page(String(rest.dropFirst(6)))
        }
    }
}
