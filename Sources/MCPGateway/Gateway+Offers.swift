import NIOCore
import Synchronization

// MARK: - Servers that come and go

extension Gateway {
    /// Whether a client has a session or a subscription on a server, or a call there that waits for the client.
    package func hasSessions(of server: ServerConnections) -> Bool {
        sessions.all.contains { $0.leg.server === server }
            || subscriptions.all.contains { $0.server === server }
            || suspended.all.contains { $0.server === server }
    }

    /// Ends the sessions on a server that nobody has used for a while.
    package func closeSessions(of server: ServerConnections, idleFor idleTimeout: Duration) {
        for session in sessions.all where session.leg.server === server {
            closeIfExpired(session, idleTimeout: idleTimeout)
        }
    }

    /// Ends the sessions, subscriptions and waiting calls of one server.
    package func closeSessions(of server: ServerConnections, reason: String) {
        closeSessions(reason: reason) { _, other, _ in other === server }
    }

    /// Ends what callers have on an offer who may not come in any more.
    package func closeSessions(at name: String, reason: String, except mayStay: (Principal) -> Bool) {
        closeSessions(reason: reason) { offer, _, principal in offer.name == name && !mayStay(principal) }
    }

    /// Ends every session.
    package func closeAllSessions(reason: String) {
        closeSessions(reason: reason) { _, _, _ in true }
    }

    private func closeSessions(reason: String, where isMeant: (Offer, ServerConnections, Principal) -> Bool) {
        for session in sessions.all where isMeant(session.offer, session.leg.server, session.principal) {
            session.run { $0.close(reason: reason) }
        }
        for call in suspended.all where isMeant(call.offer, call.server, call.principal) {
            call.eventLoop.run { call.shutDown(reason: reason) }
        }
        for subscription in subscriptions.all
        where isMeant(
            subscription.request.offer, subscription.server, subscription.request.principal)
        {
            subscription.eventLoop.execute { subscription.close() }
        }
    }
}
