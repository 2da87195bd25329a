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
        closeSessions(reason: reason) { $0 === server }
    }

    /// Ends every session.
    package func closeAllSessions(reason: String) {
        closeSessions(reason: reason) { _ in true }
    }

    private func closeSessions(reason: String, where isMeant: (ServerConnections) -> Bool) {
        for session in sessions.all where isMeant(session.route.server) { session.run { $0.close(reason: reason) } }
        for call in suspended.all where isMeant(call.route.server) {
            call.eventLoop.run { call.shutDown(reason: reason) }
        }
        for subscription in subscriptions.all where isMeant(subscription.request.route.server) {
            subscription.eventLoop.execute { subscription.close() }
        }
    }
}
