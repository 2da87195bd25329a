import MCPValues
import NIOCore
import Synchronization

// MARK: - Servers that come and go

extension Gateway {
    /// Lets new requests reach a server under the name of its route, in place of what had that name before.
    package func publish(_ route: Route) {
        routes.withLock { $0[ByteText(route.name)] = route }
    }

    /// Takes a route away from new requests, unless another one has its name by now.
    package func withdraw(_ route: Route) {
        routes.withLock { routes in
            let name = ByteText(route.name)
            if routes[name] === route { routes[name] = nil }
        }
    }

    /// Whether a client has a session or a subscription on a server, or a call there that waits for the client.
    package func hasSessions(of server: ServerConnections) -> Bool {
        sessions.all.contains { $0.route.server === server }
            || subscriptions.all.contains { $0.request.route.server === server }
            || suspended.all.contains { $0.route.server === server }
    }

    /// Ends the sessions on a server that nobody has used for a while.
    package func closeSessions(of server: ServerConnections, idleFor idleTimeout: Duration) {
        for session in sessions.all where session.route.server === server {
            closeIfExpired(session, idleTimeout: idleTimeout)
        }
    }

    /// Ends the sessions, subscriptions and waiting calls of one server.
    package func closeSessions(of server: ServerConnections, reason: String) {
        closeSessions(reason: reason) { route, _ in route.server === server }
    }

    /// Ends what callers have on a route who may not come in any more.
    package func closeSessions(onRoute name: String, reason: String, except mayStay: (Principal) -> Bool) {
        closeSessions(reason: reason) { route, principal in route.name == name && !mayStay(principal) }
    }

    /// Ends every session.
    package func closeAllSessions(reason: String) {
        closeSessions(reason: reason) { _, _ in true }
    }

    private func closeSessions(reason: String, where isMeant: (Route, Principal) -> Bool) {
        for session in sessions.all where isMeant(session.route, session.principal) {
            session.run { $0.close(reason: reason) }
        }
        for call in suspended.all where isMeant(call.route, call.principal) {
            call.eventLoop.run { call.shutDown(reason: reason) }
        }
        for subscription in subscriptions.all
        where isMeant(subscription.request.route, subscription.request.principal) {
            subscription.eventLoop.execute { subscription.close() }
        }
    }
}
