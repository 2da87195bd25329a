import MCPCore
import MCPUpstream
import NIOCore

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

    /// Opens a leg for a session.
    ///
    /// - Parameter client: What is the client of the connection, and gives it back when it leaves that.
    init(to route: Route, for session: ClientSession, _ era: Era, client: ObjectIdentifier) {
        self.init(
            to: route,
            of: session.principal,
            sessionID: session.isForOneRequest ? nil : session.id,
            session.declaration,
            era,
            preferring: session.eventLoop
        )
        metadata = era == .modern ? session.declaration.metadataForStatelessServer : nil
        self.client = client
    }

    /// Opens a leg for a request that belongs to no session; must be released.
    init(for request: StatelessRequest, _ era: Era, preferring eventLoop: any EventLoop) {
        self.init(
            to: request.route,
            of: request.principal,
            sessionID: nil,
            // A stateless server is told by the request itself who asks.
            era == .modern ? request.route.server.ownDeclaration : request.declaration,
            era,
            preferring: eventLoop
        )
        logLevel = request.logLevel
    }

    private init(
        to route: Route,
        of principal: Principal,
        sessionID: String?,
        _ declaration: ClientDeclaration,
        _ era: Era,
        preferring eventLoop: any EventLoop
    ) {
        let (key, told) = route.server.key(for: principal, sessionID: sessionID, declaration, era: era)
        self.route = route
        self.era = era
        connection = route.server.hold(key, of: principal, told, preferring: eventLoop)
    }

    /// Gives the connection back, which nobody has become a client of.
    func release() { connection.server.release(connection) }

    /// The server's name, as clients may see it.
    var serverName: String { route.server.displayName }
}
