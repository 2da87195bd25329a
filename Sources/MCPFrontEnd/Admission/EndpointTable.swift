package import MCPGateway

/// A route as clients see it: its name, its tokens and the server behind it.
package struct PublishedRoute: Sendable {
    package let route: Route
    package let tokens: RouteTokens

    package init(route: Route, tokens: RouteTokens) {
        self.route = route
        self.tokens = tokens
    }
}

/// What stands at a path.
struct Endpoint: Sendable {
    enum Kind: Sendable {
        case streamable
        case eventStream
        case eventStreamMessages
    }

    let path: String
    let kind: Kind
    let published: PublishedRoute
}

/// Finds what stands at a path. Built once from all routes, so that a look-up is one dictionary access.
struct EndpointTable: Sendable {
    private let endpoints: [String: Endpoint]
    let prefix: String

    /// - Parameter prefix: The path of the base URL, without a slash at its end.
    init(_ routes: [PublishedRoute], prefix: String) {
        var endpoints: [String: Endpoint] = [:]
        for route in routes {
            let base = "\(prefix)/\(route.route.name)"
            let kinds: [(String, Endpoint.Kind)] = [
                ("", .streamable), ("/", .streamable), ("/mcp", .streamable), ("/sse", .eventStream),
                ("/message", .eventStreamMessages),
            ]
            for (suffix, kind) in kinds {
                endpoints[base + suffix] = Endpoint(path: base + suffix, kind: kind, published: route)
            }
        }
        self.endpoints = endpoints
        self.prefix = prefix
    }

    /// Paths are compared byte by byte: Swift's own comparison would merge canonically equal spellings.
    func endpoint(at path: String) -> Endpoint? {
        guard let endpoint = endpoints[path], endpoint.path.utf8.elementsEqual(path.utf8) else { return nil }
        return endpoint
    }

    /// The path to which an HTTP+SSE client has to POST.
    func messagePath(of route: Route) -> String {
        "\(prefix)/\(PathEncoding.encode(route.name))/message"
    }
}
