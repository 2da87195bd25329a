import MCPCore
import NIOCore

/// What a session holds towards one server. It is the client of the connection, so that the session learns which server
/// has spoken or was replaced.
///
/// Confined to the session's event loop, but for what it says otherwise; that is what makes `@unchecked Sendable` true.
final class Leg: AttachedClient, @unchecked Sendable {
    /// Whose it is. Set once, before anybody else knows the leg.
    weak var session: ClientSession?
    /// What exchanges take along.
    var current: OpenLeg

    init(route: Route, connection: Connection, era: Era, metadata: RequestMetadata) {
        current = OpenLeg(route: route, connection: connection, era: era, metadata: metadata)
        current.client = ObjectIdentifier(self)
    }

    /// Gives the connection back.
    func end() {
        current.connection.run { $0.detach(self) }
    }

    // MARK: AttachedClient, on the connection's event loop

    func serverWasReplaced() {
        session?.run { [self] in $0.lost(self) }
    }

    func hear(_ notification: Message) {
        session?.run { [self] in $0.hear(notification, from: self) }
    }
}
