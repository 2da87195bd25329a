import MCPCore
import MCPUpstream
import NIOCore

/// A leg that is open, as an exchange takes it along: what was known when the exchange was begun.
struct OpenLeg: Sendable {
    /// Which tools are shown, and how requests are logged.
    let offer: Offer
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
    init(
        to server: ServerConnections, of offer: Offer, for session: ClientSession, _ era: Era,
        client: ObjectIdentifier
    ) {
        self.init(
            to: server,
            of: offer,
            for: session.principal,
            sessionID: session.isForOneRequest ? nil : session.id,
            session.declaration,
            era,
            preferring: session.eventLoop
        )
        metadata = era == .modern ? session.declaration.metadataForStatelessServer : nil
        self.client = client
    }

    /// Opens a leg for a request that belongs to no session; must be released.
    init(to server: ServerConnections, for request: ModernRequest, _ era: Era, preferring eventLoop: any EventLoop) {
        self.init(
            to: server,
            of: request.offer,
            for: request.principal,
            sessionID: nil,
            // A stateless server is told by the request itself who asks.
            era == .modern && server.settings.passed.isEmpty
                ? server.ownDeclaration : request.declaration(to: server),
            era,
            preferring: eventLoop
        )
        logLevel = request.logLevel
    }

    private init(
        to server: ServerConnections,
        of offer: Offer,
        for principal: Principal,
        sessionID: String?,
        _ declaration: ClientDeclaration,
        _ era: Era,
        preferring eventLoop: any EventLoop
    ) {
        let (key, told) = server.key(for: principal, sessionID: sessionID, declaration, era: era)
        self.offer = offer
        self.era = era
        connection = server.hold(key, of: principal, told, preferring: eventLoop)
    }

    /// Gives the connection back, which nobody has become a client of.
    func release() { connection.server.release(connection) }

    /// The server's name, as clients may see it.
    var serverName: String { connection.server.displayName }
}
