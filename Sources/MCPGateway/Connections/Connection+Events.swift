package import MCPCore
package import MCPUpstream
import MCPValues
import NIOCore

// MARK: - What the upstream says unasked

extension Connection: UpstreamListener {
    package func upstreamBecameReady(_ upstream: Upstream, again: Bool) {
        checkConfinement()
        guard case .ready(let introduction) = upstream.state else { return }
        listsBecameOld()
        guard note(introduction) else {
            server.connectionChangedEra(self)
            return
        }
        if introduction.era == .legacy, wantsToListen { listen() }
        server.connectionChanged(self)
        if introduction.era == .modern { feed.reopen() }
        guard again else { return }
        ownListsChanged()
        if introduction.era == .legacy { restoreState() }
        // Whatever was listed before may have changed with the restart. Where there is something to listen to, that is
        // told when it is listened to again, so that nothing is lost in between.
        if introduction.era == .legacy || wantedFilter.isEmpty {
            tellAllChanges(SubscriptionFilter(allListsOf: introduction, evenUnannounced: true))
        }
    }

    package func upstreamWantsHandshake(_ upstream: Upstream) {
        checkConfinement()
        server.connectionChangedEra(self)
    }

    private func restoreState() {
        for uri in audience.subscriptions {
            send(.resourcesSubscribe, uri: uri)
        }
        if let level = audience.logLevels.min() { setLevel(level) }
    }

    package func upstreamWasLost(_ upstream: Upstream, _ failure: UpstreamFailure) {
        checkConfinement()
        // A new connection knows nothing of what the old one asked.
        turns.lost()
        server.connection(self, wasLost: failure)
    }

    package func upstream(
        _ upstream: Upstream,
        notifies message: Message,
        during receiver: (any ExchangeReceiver)?
    ) {
        checkConfinement()
        if let listening = receiver as? Listening {
            listening.heard(message)
            return
        }
        switch message.method {
        case .cancelled:
            guard let id = message.cancelledID else { return }
            turns.withdrawn(id)
            let origin = ClientQuestion.Origin(connection: ObjectIdentifier(self), id: id)
            for caller in allCallers { caller.eventLoop.runNowOrLater { caller.withdraw(origin, message) } }
        case .logMessage: passLog(message, receiver as? Exchange)
        case .resourceUpdated, .toolListChanged, .promptListChanged, .resourceListChanged:
            // A stateless server says these only where they were asked for.
            if era == .legacy { passChange(message) }
        default:
            if let exchange = receiver as? Exchange {
                exchange.caller.eventLoop.runNowOrLater { [server] in
                    exchange.caller.deliver(message, from: server, for: exchange)
                }
            } else if era == .legacy {
                broadcast(message)
            }
        }
    }

    /// Everybody whom a question may have been put to.
    private var allCallers: [any Caller] {
        var all: [ObjectIdentifier: any Caller] = [:]
        for caller in turns.takers.map(\.caller) + audience.callers { all[ObjectIdentifier(caller)] = caller }
        return Array(all.values)
    }

    // MARK: Changes

    func passChange(_ message: Message) {
        checkConfinement()
        if message.method == .resourceUpdated {
            guard let uri = uri(of: message) else { return }
            for client in audience.clients(wanting: uri) { client.hear(message) }
            return
        }
        listsBecameOld()
        switch changes.decide(message.method, now: eventLoop.now) {
        case .drop: break
        case .pass: tellChange(message)
        case .hold(let time):
            eventLoop.scheduleTask(in: time) { [weak self] in
                guard let self else { return }
                changes.passed(message.method, now: eventLoop.now)
                tellChange(message)
            }
        }
    }

    private func tellChange(_ message: Message) {
        listsChangedEverywhere()
        ownListsChanged()
        server.connectionListChanged(self)
        broadcast(message)
    }

    /// Tells that anything may have changed.
    func tellAllChanges(_ filter: SubscriptionFilter) {
        tell(filter.lists)
        for uri in filter.resources {
            let params = OwnMessages.object([("uri", uri.text)])
            // As above.
            guard let message = try? Message(OwnMessages.notification(.resourceUpdated, params: params)) else {
                continue
            }
            passChange(message)
        }
    }

    /// Tells that lists have changed.
    func tell(_ changes: some Sequence<MCPCore.Method>) {
        checkConfinement()
        for method in changes {
            // Our own text is a message by construction.
            guard let message = try? Message(OwnMessages.notification(method)) else { continue }
            broadcast(message)
        }
    }

    private func broadcast(_ message: Message) {
        for client in audience.clients { client.hear(message) }
    }

    // MARK: Log messages

    /// Log messages go to the caller whose call they accompany, or else to every session of this connection, which all
    /// belong to one principal, as far as each has asked for that level.
    private func passLog(_ message: Message, _ exchange: Exchange?) {
        if let exchange {
            exchange.caller.eventLoop.runNowOrLater { [server] in
                exchange.caller.deliver(message, from: server, for: exchange)
            }
            return
        }
        if let only = turns.onlyListener?.caller {
            if era == .modern, let lastCancelled, lastCancelled.principal != only.principal,
                eventLoop.now < lastCancelled.until
            {
                return
            }
            only.eventLoop.runNowOrLater { [server] in only.deliver(message, from: server, for: nil) }
            return
        }
        // A stateless server serves everybody: where it is not certain whose call it means, nobody may hear it.
        guard era == .legacy else { return }
        let level = LogLevel(message.view(message.envelope.level))
        for client in audience.clients(wanting: level) { client.hear(message) }
    }
}
