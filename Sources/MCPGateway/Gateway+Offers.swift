import MCPCore
import NIOCore
import Synchronization

// MARK: - Servers that come and go

extension Gateway {
    /// Tells whether a client has a session or a subscription on a server, or a call there that waits for the client.
    package func hasSessions(of server: ServerConnections) -> Bool {
        sessions.all.contains { $0.offer.member?.server === server }
            || subscriptions.all.contains { $0.request.offer.member?.server === server }
            || suspended.all.contains { $0.server === server }
    }

    /// Ends the sessions on a server that nobody has used for a while.
    package func closeSessions(of server: ServerConnections, idleFor idleTimeout: Duration) {
        for session in sessions.all where session.offer.member?.server === server {
            closeIfExpired(session, idleTimeout: idleTimeout)
        }
    }

    /// Ends the sessions, subscriptions and waiting calls of one server.
    package func closeSessions(of server: ServerConnections, reason: String) {
        closeSessions(reason: reason) { offer, _ in offer.member?.server === server }
        for session in sessions.all where !session.isAtServersOwnPath {
            session.runNowOrLater { session in
                if let leg = session.legs[server] { session.drop(leg, reason: reason) }
            }
        }
        waitingCalls.filter { $0.server === server }.shutDown(reason: reason)
    }

    /// Ends the calls at a server that wait for a login, which is not to be had there any more.
    package func endWaitsForLogin(at server: ServerConnections, reason: String) {
        callsAwaitingLogin.all.filter { $0.server === server }.shutDown(reason: reason)
    }

    /// Ends what callers have at an offer.
    package func closeSessions(at name: String, reason: String) {
        closeSessions(reason: reason) { offer, _ in offer.name == name }
    }

    /// Ends every session.
    package func closeAllSessions(reason: String) {
        closeSessions(reason: reason) { _, _ in true }
    }

    /// Ends what these callers have at these offers: sessions, subscriptions and calls that wait for their client.
    package func closeSessions(reason: String, where isMeant: (Offer, Principal) -> Bool) {
        for session in sessions.all where isMeant(session.offer, session.principal) {
            session.runNowOrLater { $0.close(reason: reason) }
        }
        waitingCalls.filter { isMeant($0.offer, $0.principal) }.shutDown(reason: reason)
        for subscription in subscriptions.all
        where isMeant(subscription.request.offer, subscription.request.principal) {
            subscription.eventLoop.execute { subscription.close() }
        }
    }

    /// The calls that wait for their client, or for a login.
    private var waitingCalls: [ModernCall] { suspended.all + callsAwaitingLogin.all }

    // MARK: Several servers

    /// Tells the clients that see a server beside others that it lists other things.
    ///
    /// - Parameter key: Whose lists have changed; nil for those of all that have none of their own.
    static func tell(
        _ sessions: [ClientSession], _ subscriptions: [ModernSubscription], of changes: Set<Method>,
        at server: ServerConnections, _ key: ConnectionKey?
    ) {
        for session in sessions where !session.isAtServersOwnPath {
            session.runNowOrLater { $0.listsChanged(at: server, changes, key) }
        }
        for subscription in subscriptions where subscription.isOfSeveral {
            subscription.eventLoop.execute { subscription.listsChanged(at: server, changes, key) }
        }
    }

    /// Tells callers that they may use something else than before. A session that was opened for a client that might use all
    /// of a server, or might not, ends where that is otherwise now: its next one is of the other kind.
    package func rightsChanged(of principals: Set<Principal>) {
        guard !principals.isEmpty else { return }
        for session in sessions.all where principals.contains(session.principal) {
            session.runNowOrLater { $0.rightsChanged() }
        }
        for subscription in subscriptions.all where principals.contains(subscription.request.principal) {
            subscription.eventLoop.execute { subscription.offerChanged() }
        }
    }

    /// Tells the clients at an offer that other servers are offered there, or the same in another way.
    package func offerChanged(_ offer: Offer) {
        let members = offer.members
        let orphans = openCalls.all.filter { call in
            call.offer === offer
                && !members.contains { $0.server === call.server && $0.access.admits(call.principal) }
        }
        orphans.shutDown(reason: "the server is not offered any more")
        for session in sessions.all where session.offer === offer { session.runNowOrLater { $0.offerChanged() } }
        for subscription in subscriptions.all where subscription.request.offer === offer {
            subscription.eventLoop.execute { subscription.offerChanged() }
        }
    }
}

extension [ModernCall] {
    /// Ends the calls, each on its event loop: before this returns where that is the one that asks.
    func shutDown(reason: String) {
        for call in self { call.eventLoop.runNowOrLater { call.shutDown(reason: reason) } }
    }
}
