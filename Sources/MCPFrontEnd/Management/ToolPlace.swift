import MCPCore
import NIOCore

/// An address at which a tool can be called, and who can.
package struct ToolPlace: Sendable, Equatable {
    /// A client that may call it with an access token that has a scope, and not without.
    package struct ScopedClient: Sendable, Equatable {
        package let client: String
        package let scope: String

        package init(client: String, scope: String) {
            self.client = client
            self.scope = scope
        }
    }

    /// The name of a server or a group, or `mcp`.
    package var route: String
    /// Where the route is, with a slash at the end.
    package var path: String
    /// What the tool is called there.
    package var name: String
    /// Whether nobody is asked who he is.
    package var isOpen: Bool
    /// The names of clients that the operator has named.
    package var clients: [String]
    /// The names by which holders of other tokens are known in the log.
    package var tokens: [String]
    package var scopes: [ScopedClient]

    package init(
        route: String, path: String, name: String, isOpen: Bool, clients: [String], tokens: [String],
        scopes: [ScopedClient] = []
    ) {
        self.route = route
        self.path = path
        self.name = name
        self.isOpen = isOpen
        self.clients = clients
        self.tokens = tokens
        self.scopes = scopes
    }

    var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("route", route)
        object.add("path", path)
        object.add("name", name)
        object.add("everybody", json: ByteBuffer(string: isOpen ? "true" : "false"))
        object.add("clients", clients)
        object.add("tokens", tokens)
        object.add("scopes", elements: scopes.map(\.json))
        return object.finished
    }
}

extension ToolPlace.ScopedClient {
    fileprivate var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("client", client)
        object.add("scope", scope)
        return object.finished
    }
}
