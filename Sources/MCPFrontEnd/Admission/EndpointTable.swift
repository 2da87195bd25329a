package import MCPGateway
import MCPValues
import Synchronization

/// A path as clients see it: what is offered there, and the tokens that open it.
package struct Route: Sendable {
    package let offer: Offer
    package let tokens: RouteTokens

    package init(offer: Offer, tokens: RouteTokens) {
        self.offer = offer
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
    let route: Route
}

/// Finds what stands at a path, in one dictionary access. Routes come and go while it is asked.
final class EndpointTable: Sendable {
    private let endpoints = Mutex<[ByteText: Endpoint]>([:])
    let prefix: String

    /// - Parameter prefix: The path of the base URL, without a slash at its end.
    init(_ routes: [Route], prefix: String) {
        self.prefix = prefix
        for route in routes { publish(route) }
    }

    private static let kinds: [(suffix: String, kind: Endpoint.Kind)] = [
        ("", .streamable), ("/", .streamable), ("/mcp", .streamable), ("/mcp/", .streamable), ("/sse", .eventStream),
        ("/sse/", .eventStream),
        ("/message", .eventStreamMessages),
    ]

    /// What is offered, in no order.
    var offers: [Offer] {
        // Of the endpoints of a route this is the only one of its kind.
        endpoints.withLock { $0.values.filter { $0.kind == .eventStreamMessages }.map(\.route.offer) }
    }

    /// What is offered under a name.
    func offer(named name: String) -> Offer? { endpoint(at: "\(prefix)/\(name)")?.route.offer }

    /// Lets clients find a route, in place of what had its paths before.
    ///
    /// - Returns: What had its name before.
    @discardableResult
    func publish(_ route: Route) -> Route? {
        let base = "\(prefix)/\(route.offer.name)"
        return endpoints.withLock { endpoints in
            let replaced = endpoints[ByteText(base)]?.route
            for (suffix, kind) in Self.kinds {
                endpoints[ByteText(base + suffix)] = Endpoint(path: base + suffix, kind: kind, route: route)
            }
            return replaced
        }
    }

    /// Takes a route away, where another one has not its paths by now.
    func withdraw(_ offer: Offer) {
        let base = "\(prefix)/\(offer.name)"
        endpoints.withLock { endpoints in
            for (suffix, _) in Self.kinds where endpoints[ByteText(base + suffix)]?.route.offer === offer {
                endpoints[ByteText(base + suffix)] = nil
            }
        }
    }

    func endpoint(at path: String) -> Endpoint? {
        endpoints.withLock { $0[ByteText(path)] }
    }

    /// The path to which an HTTP+SSE client has to POST.
    func messagePath(of offer: Offer) -> String {
        "\(prefix)/\(PathEncoding.encode(offer.name))/message"
    }
}
