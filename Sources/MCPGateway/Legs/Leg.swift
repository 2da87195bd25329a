import MCPCore

/// What one caller holds towards one server. An exchange takes it along as it was when the exchange was begun.
struct Leg: Sendable {
    /// Which tools are shown, and how requests are logged.
    let route: Route
    let connection: Connection
    /// Which era the server is thought to speak.
    let era: Era
    /// Who asks, for a server that wants to hear it with every request.
    var metadata: RequestMetadata?
    /// From which level on the client wants log messages, where its server does not keep that.
    var logLevel: LogLevel?

    /// The server's name, as clients may see it.
    var serverName: String { route.server.displayName }
}
