import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

/// One `subscriptions/listen` of a client: what a server tells unasked, as far as the client has asked for it
/// ([subscriptions, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions)).
///
/// Confined to its event loop, but for what it says otherwise; that is what makes `@unchecked Sendable` true.
final class ModernSubscription: AttachedClient, @unchecked Sendable {
    private enum State {
        case starting
        /// Nothing may be told before the client knows what it will hear.
        case attaching(OpenLeg)
        case acknowledged(OpenLeg, SubscriptionFilter)
        case ended
    }

    let request: ModernRequest
    let server: ServerConnections
    let eventLoop: any EventLoop
    private var filter = SubscriptionFilter()
    private let reply: any ModernReplySink
    private let gateway: Gateway
    private var state = State.starting
    /// Whether the connection was given back. Belongs to the connection's event loop.
    private var hasLeft = false

    init(_ request: ModernRequest, reply: any ModernReplySink, on eventLoop: any EventLoop, gateway: Gateway) {
        self.request = request
        self.server = request.offer.member.server
        self.reply = reply
        self.eventLoop = eventLoop
        self.gateway = gateway
    }

    /// Must be called once, on the event loop.
    func start() {
        do throws(Refusal) {
            filter = try SubscriptionFilter(requested: request.message.params?["notifications"])
        } catch {
            return fail(.refused(error))
        }
        guard gateway.subscriptions.add(self) else {
            return fail(.refused(Refusal(.overloaded, "too many subscriptions are open; close one first")))
        }
        reply.whenClientLeaves { [self] in eventLoop.run { [self] in end() } }
        server.findEra(for: request.declaration(to: server), on: eventLoop) { [self] era in
            guard case .starting = state else { return }
            switch era {
            case .success(let era): attach(era)
            case .failure(let failure): fail(.failure(failure))
            }
        }
    }

    private func attach(_ era: Era) {
        let leg = OpenLeg(to: server, for: request, era, preferring: eventLoop)
        state = .attaching(leg)
        leg.connection.run { [self, wanted = filter] connection in
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
        eventLoop.run { [self] in
            guard case .attaching(let leg) = state else { return }
            switch outcome {
            case .success(let honoured):
                state = .acknowledged(leg, honoured)
                acknowledge(honoured)
            case .failure(let failure): fail(.failure(failure))
            }
        }
    }

    private func acknowledge(_ honoured: SubscriptionFilter) {
        var params = ByteBuffer(string: #"{"_meta":{"#)
        params.writeImmutableBuffer(idMember)
        params.writeStaticString(#"},"notifications":"#)
        params.writeImmutableBuffer(honoured.json)
        params.writeStaticString("}")
        reply.send(OwnMessages.notification(.subscriptionAcknowledged, params: params))
    }

    /// What every message of this subscription carries in `_meta`.
    private var idMember: ByteBuffer {
        var member = ByteBuffer(string: #""io.modelcontextprotocol/subscriptionId":"#)
        member.writeRequestID(request.id)
        return member
    }

    // MARK: AttachedClient, on the connection's event loop

    func serverWasReplaced() {
        eventLoop.run { [self] in close() }
    }

    func hear(_ notification: Message) {
        eventLoop.run { [self] in
            guard case .acknowledged(_, let honoured) = state else { return }
            if notification.method == .resourceUpdated {
                guard let uri = notification.view(notification.envelope.uri)?.string.map(ByteText.init),
                    Attachment(client: self, caller: nil, subscriptions: honoured.resources).wants(uri)
                else { return }
            } else if !honoured.contains(notification.method) {
                return
            }
            reply.send(tagged(notification))
        }
    }

    private func tagged(_ notification: Message) -> ByteBuffer {
        if let span = notification.envelope.metadata.subscriptionID {
            return notification.spliced([Edit(span.value, .id(request.id))])
        }
        return notification.spliced(notification.metaEdits(inserting: idMember))
    }

    // MARK: The end

    /// Ends the subscription because the proxy ends, or its server is no more.
    func close() {
        guard !isEnded else { return }
        var result = ByteBuffer(string: #"{"resultType":"complete","_meta":{"#)
        result.writeImmutableBuffer(idMember)
        result.writeStaticString("}}")
        fail(.result(result))
    }

    private var isEnded: Bool { if case .ended = state { true } else { false } }

    private func fail(_ answer: Answer) {
        guard !isEnded else { return }
        end()
        reply.finish(answer.bytes(for: request.id, server: server.displayName), refusal: answer.refusal)
    }

    private func end() {
        switch state {
        case .attaching(let leg), .acknowledged(let leg, _):
            leg.connection.run { [self] connection in
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
        gateway.subscriptions.remove(self)
    }
}
