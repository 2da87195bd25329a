import MCPCore
import NIOCore

/// An address at which a tool can be called, and who can.
package struct ToolPlace: Sendable, Equatable {
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

    package init(route: String, path: String, name: String, isOpen: Bool, clients: [String], tokens: [String]) {
        self.route = route
        self.path = path
        self.name = name
        self.isOpen = isOpen
        self.clients = clients
        self.tokens = tokens
    }

    var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("route", route)
        object.add("path", path)
        object.add("name", name)
        object.add("everybody", json: ByteBuffer(string: isOpen ? "true" : "false"))
        object.add("clients", clients)
        object.add("tokens", tokens)
        return object.finished
    }
}
