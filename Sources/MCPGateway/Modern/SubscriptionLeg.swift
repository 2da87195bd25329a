import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

/// Holds what a subscription has towards one server.
///
/// Confined to the event loop of the subscription, but for what it says otherwise.
final class SubscriptionLeg: AttachedClient, LoopConfined, @unchecked Sendable {
    private enum State {
        case starting
        case attaching(OpenLeg)
        case attached(OpenLeg)
        case ended
    }

    let server: ServerConnections
    let eventLoop: any EventLoop
    /// What is wanted of this server, and, once it has said so, what it tells.
    private(set) var filter: SubscriptionFilter
    private weak var subscription: ModernSubscription?
    private var state = State.starting
    /// Whether the connection was given back. Belongs to the connection's event loop.
    private var hasLeft = false

    init(to server: ServerConnections, _ filter: SubscriptionFilter, of subscription: ModernSubscription) {
        self.server = server
        self.filter = filter
        self.subscription = subscription
        eventLoop = subscription.eventLoop
    }

    /// Whether it is known what the server tells.
    var isAttached: Bool { if case .attached = state { true } else { false } }
    var isEnded: Bool { if case .ended = state { true } else { false } }

    func start() {
        checkConfinement()
        guard let subscription else { return }
        let request = subscription.request
        server.findEra(of: request.principal, for: request.declaration(to: server), on: subscription.eventLoop) {
            [self] era in
            guard case .starting = state else { return }
            switch era {
            case .success(let era): attach(era)
            case .failure(let failure): failed(failure)
            }
        }
    }

    private func attach(_ era: Era) {
        guard let subscription else { return }
        let leg = OpenLeg(to: server, for: subscription.request, era, preferring: subscription.eventLoop)
        state = .attaching(leg)
        leg.connection.runNowOrLater { [self, wanted = filter] connection in
            connection.upstream.whenReady { [self] ready in
                guard !hasLeft else { return }
                switch ready {
                case .success: connection.subscribe(self, to: wanted) { [self] in attached($0) }
                case .failure(let failure): attached(.failure(failure))
                }
            }
        }
    }

    private func attached(_ outcome: Result<SubscriptionFilter, UpstreamFailure>) {
        subscription?.eventLoop.runNowOrLater { [self] in
            guard case .attaching(let leg) = state else { return }
            switch outcome {
            case .success(let honoured):
                filter = honoured
                state = .attached(leg)
                subscription?.attached()
            case .failure(let failure): failed(failure)
            }
        }
    }

    private func failed(_ failure: UpstreamFailure) {
        end()
        subscription?.failed(self, failure)
    }

    // MARK: AttachedClient, on the connection's event loop

    func serverWasReplaced() {
        subscription?.eventLoop.runNowOrLater { [self] in subscription?.lost(self) }
    }

    func hear(_ notification: Message) {
        subscription?.eventLoop.runNowOrLater { [self] in
            if case .attached = state { subscription?.hear(notification, from: self) }
        }
    }

    /// Tells whether the client wants to hear of what a notification says.
    func wants(_ notification: Message) -> Bool {
        checkConfinement()
        guard notification.method == .resourceUpdated else { return filter.contains(notification.method) }
        guard let uri = notification.view(notification.envelope.uri)?.string.map(ByteText.init) else { return false }
        return Attachment(client: self, caller: nil, subscriptions: filter.resources).wants(uri)
    }

    // MARK: The end

    /// Gives the connection back.
    func end() {
        checkConfinement()
        switch state {
        case .attaching(let leg), .attached(let leg):
            leg.connection.runNowOrLater { [self] connection in
                hasLeft = true
                // Without an attachment there is only the hold to give back.
                if connection.audience.contains(self) {
                    connection.detach(self)
                } else {
                    leg.release()
                }
            }
        case .starting, .ended: break
        }
        state = .ended
    }
}
