import MCPCore

/// A leg that is open, as an exchange takes it along: what was known when the exchange was begun.
struct OpenLeg: Sendable {
    /// Which tools are shown, and how requests are logged.
    let route: Route
    let connection: Connection
    /// Which era the server is thought to speak.
    let era: Era
    /// Who asks, for a server that wants to hear it with every request.
    var metadata: RequestMetadata?
    /// From which level on the client wants log messages, where its server does not keep that.
    var logLevel: LogLevel?
    /// Which of the connection's clients it is; nil for one that hears nothing but what belongs to its calls.
    var client: ObjectIdentifier?

    /// The server's name, as clients may see it.
    var serverName: String { route.server.displayName }
}
