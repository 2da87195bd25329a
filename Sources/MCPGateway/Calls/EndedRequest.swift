import MCPCore
package import NIOCore

/// A request of a client that has ended, as it is told to people who look on: never with its arguments, and with all that
/// peers have chosen cut where it is long.
package struct EndedRequest: Sendable, Equatable {
    /// How long what peers have chosen may be.
    static let maximumNameBytes = 128
    /// Of a client that says more of itself than this, the name is not looked for.
    private static let maximumClientBytes = 4 << 10

    /// Rises by one with every request that is told.
    package internal(set) var number = 0
    /// When it ended, in seconds since 1970.
    package let time: Double
    /// Which request it was, as the answer to it says.
    package let request: String
    package let principal: String
    /// What the client calls itself; nil where it says nothing.
    package let client: String?
    /// Where it was asked: the name of a server, of a group, or `mcp`.
    package let route: String
    package let server: String?
    package let method: String
    package let tool: String?
    package let outcome: String
    /// A word that tells more than the outcome.
    package let reason: String?
    package let nanoseconds: Int64
    /// Whether it was for a server that only its client knows of.
    package let isPrivate: Bool

    /// - Parameters:
    ///   - client: What its client says of itself, as JSON; nil where it says nothing.
    ///   - isPrivate: Whether it was for a server that only its client knows of.
    package init(
        time: Double = 0, request: String, principal: String, client: ByteBuffer? = nil, route: String,
        server: String? = nil, method: String, tool: String? = nil, outcome: String, reason: String? = nil,
        nanoseconds: Int64 = 0, isPrivate: Bool = false
    ) {
        self.time = time
        self.request = request
        self.principal = Self.shown(principal)
        self.client = client.flatMap(Self.name).map(Self.shown)
        self.route = Self.shown(route)
        self.server = server.map(Self.shown)
        self.method = Self.shown(method)
        self.tool = tool.map(Self.shown)
        self.outcome = outcome
        self.reason = reason
        self.nanoseconds = nanoseconds
        self.isPrivate = isPrivate
    }

    private static func name(of client: ByteBuffer) -> String? {
        guard client.readableBytes <= maximumClientBytes else { return nil }
        // What cannot be read was not accepted by the handshake either.
        return (try? JSONText(scanning: client))?.root["name"]?.string
    }

    private static func shown(_ text: String) -> String {
        PrintableText.make(text, maximumBytes: maximumNameBytes)
    }
}
