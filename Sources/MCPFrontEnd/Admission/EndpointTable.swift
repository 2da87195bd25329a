package import MCPGateway
import MCPValues
import Synchronization

/// A path as clients see it: what is offered there, and who may come.
package struct Route: Sendable {
    package let offer: Offer
    package let access: Access
    /// Whether that is whoever may use one of the servers that are offered: who shows another token has one, but nothing
    /// is left for them.
    package let isOpenedByServers: Bool

    package init(offer: Offer, access: Access, isOpenedByServers: Bool = false) {
        self.offer = offer
        self.access = access
        self.isOpenedByServers = isOpenedByServers
    }
}

/// Holds what stands at a path.
struct Endpoint: Sendable {
    enum Kind: Sendable {
        case streamable
        case eventStream
        case eventStreamMessages
    }

    let path: String
    let kind: Kind
    let route: Route

    /// Whether it is the endpoint for all servers, which shares its paths with servers that clients bring.
    var isForAll: Bool { route.offer.name.isEmpty }
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

    /// Nothing stands before the last part of the paths at which all servers are offered.
    private static let kindsForAll = kinds.filter { $0.suffix.count > 1 }

    private static func kinds(of offer: Offer) -> [(suffix: String, kind: Endpoint.Kind)] {
        offer.name.isEmpty ? kindsForAll : kinds
    }

    private func base(of name: String) -> String { name.isEmpty ? prefix : "\(prefix)/\(name)" }

    /// What is offered, in no order.
    var offers: [Offer] {
        // Of the endpoints of a route this is the only one of its kind.
        endpoints.withLock { $0.values.filter { $0.kind == .eventStreamMessages }.map(\.route.offer) }
    }

    /// Returns what is offered under a name.
    func offer(named name: String) -> Offer? { endpoint(at: base(of: name) + "/mcp")?.route.offer }

    /// Lets clients find a route, in place of what had its paths before.
    ///
    /// - Returns: What had its name before.
    @discardableResult
    func publish(_ route: Route) -> Route? {
        let base = base(of: route.offer.name)
        return endpoints.withLock { endpoints in
            let replaced = endpoints[ByteText(base + "/mcp")]?.route
            for (suffix, kind) in Self.kinds(of: route.offer) {
                endpoints[ByteText(base + suffix)] = Endpoint(path: base + suffix, kind: kind, route: route)
            }
            return replaced
        }
    }

    /// Takes a route away, where another one has not its paths by now.
    func withdraw(_ offer: Offer) {
        let base = base(of: offer.name)
        endpoints.withLock { endpoints in
            for (suffix, _) in Self.kinds(of: offer) where endpoints[ByteText(base + suffix)]?.route.offer === offer {
                endpoints[ByteText(base + suffix)] = nil
            }
        }
    }

    /// Tells whether somebody who was let in at a route may stay; where there is no route any more, what they have
    /// there ends by itself.
    func keeps(_ principal: Principal, at name: String) -> Bool {
        guard let endpoint = endpoint(at: base(of: name) + "/mcp") else { return true }
        return endpoint.route.access.keeps(principal)
    }

    /// Tells whether somebody may use what is offered under a name.
    func admits(_ principal: Principal, at name: String) -> Bool {
        endpoint(at: base(of: name) + "/mcp")?.route.access.admits(principal) ?? false
    }

    func endpoint(at path: String) -> Endpoint? {
        endpoints.withLock { $0[ByteText(path)] }
    }

    /// Returns the path to which an HTTP+SSE client has to POST.
    func messagePath(of offer: Offer) -> String {
        "\(base(of: PathEncoding.encode(offer.name)))/message"
    }
}
