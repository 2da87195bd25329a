import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

/// One `subscriptions/listen` of a client: what servers tell unasked, as far as the client has asked for it
/// ([subscriptions, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions)).
///
/// At a server's own path all of it comes from that server. Where several are offered, the proxy tells of the lists, which
/// it knows, and the servers of their resources. Confined to its event loop.
final class ModernSubscription: LoopConfined, @unchecked Sendable {
    private enum State {
        /// Nothing may be told before the client knows what it will hear.
        case starting
        case acknowledged
        case ended
    }

    let request: ModernRequest
    let eventLoop: any EventLoop
    /// Whether it is where several servers are offered.
    let isOfSeveral: Bool
    private let servers: [ServerConnections]
    private var legs: [SubscriptionLeg] = []
    /// The lists of whose changes the proxy itself tells.
    private var lists = SubscriptionFilter()
    private let reply: any ModernReplySink
    private let gateway: Gateway
    private let started: NIODeadline
    private var state = State.starting

    init(
        _ request: ModernRequest, to servers: [ServerConnections], reply: any ModernReplySink,
        on eventLoop: any EventLoop, gateway: Gateway
    ) {
        self.request = request
        self.servers = servers
        self.reply = reply
        self.eventLoop = eventLoop
        self.gateway = gateway
        started = eventLoop.now
        isOfSeveral = request.view != nil
    }

    /// Must be called once, on the event loop.
    func start() {
        checkConfinement()
        let filter: SubscriptionFilter
        do throws(Refusal) {
            filter = try SubscriptionFilter(requested: request.message.params?["notifications"])
        } catch {
            return fail(.refused(error))
        }
        guard gateway.subscriptions.add(self) else {
            return fail(.refused(Refusal(.overloaded, "too many subscriptions are open; close one first")))
        }
        reply.whenClientLeaves { [self] in eventLoop.runNowOrLater { [self] in clientLeft() } }
        if isOfSeveral { share(filter) } else { legs = servers.map { SubscriptionLeg(to: $0, filter, of: self) } }
        for leg in legs { leg.start() }
        attached()
    }

    /// Gives each server the resources that are its own.
    private func share(_ filter: SubscriptionFilter) {
        lists.takeLists(of: filter)
        guard let view = request.view else { return }
        var wanted: [Int: SubscriptionFilter] = [:]
        for uri in filter.resources {
            guard let origin = request.lists(view).resources(at: uri.text).first else { continue }
            wanted[origin.member, default: SubscriptionFilter()].resources.insert(origin.address)
        }
        legs = wanted.sorted { $0.key < $1.key }.map {
            SubscriptionLeg(to: view.members[$0.key].server, $0.value, of: self)
        }
    }

    // MARK: From the legs

    /// Takes the news that one more server has said what it tells. When all have, the client is told.
    func attached() {
        checkConfinement()
        guard case .starting = state, legs.allSatisfy({ $0.isAttached || $0.isEnded }) else { return }
        state = .acknowledged
        acknowledge(legs.filter(\.isAttached).reduce(lists) { $0.union(offered($1)) })
    }

    /// Returns what a server tells, in the addresses that are offered.
    private func offered(_ leg: SubscriptionLeg) -> SubscriptionFilter {
        guard let view = request.view, let place = view.members.firstIndex(where: { $0.server === leg.server }) else {
            return leg.filter
        }
        var offered = leg.filter
        let addresses = view.lists.addresses
        offered.resources = Set(leg.filter.resources.map { ByteText(addresses.offered($0.text, of: place)) })
        return offered
    }

    /// Takes the failure of a server. Where there are others, nothing is told of this one's resources.
    func failed(_ leg: SubscriptionLeg, _ failure: UpstreamFailure) {
        checkConfinement()
        guard isOfSeveral else { return fail(.failure(failure), from: leg.server) }
        attached()
    }

    /// Takes the end of a server that was replaced.
    func lost(_ leg: SubscriptionLeg) {
        checkConfinement()
        if isOfSeveral { leg.end() } else { close() }
    }

    func hear(_ notification: Message, from leg: SubscriptionLeg) {
        checkConfinement()
        guard case .acknowledged = state, leg.wants(notification) else { return }
        reply.send(tagged(notification, request.view?.edits(notification, from: leg.server) ?? []))
    }

    // MARK: Several servers

    /// Takes the news that a server lists other things.
    ///
    /// - Parameter changed: Whose lists have changed; nil for those of all that have none of their own.
    func listsChanged(at server: ServerConnections, _ changes: Set<Method>, _ changed: ConnectionKey?) {
        checkConfinement()
        guard request.view?.has(server) == true, request.narrowing.wants(server), server.concerns(changed, request.key)
        else { return }
        tell(changes)
    }

    /// Takes the news that other servers are offered, or the same in another way.
    func offerChanged() {
        checkConfinement()
        guard isOfSeveral else { return }
        for leg in legs where request.view?.has(leg.server) != true { leg.end() }
        tell(Set(CatalogKind.allCases.map(\.change)))
    }

    private func tell(_ changes: Set<Method>) {
        guard case .acknowledged = state else { return }
        for method in lists.lists.intersection(changes) {
            // Our own text is a message by construction.
            guard let message = try? Message(OwnMessages.notification(method)) else { continue }
            reply.send(tagged(message))
        }
    }

    // MARK: To the client

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

    private func tagged(_ notification: Message, _ edits: [Edit] = []) -> ByteBuffer {
        if let span = notification.envelope.metadata.subscriptionID {
            return notification.spliced(edits + [Edit(span.value, .id(request.id))])
        }
        return notification.spliced(edits + notification.metaEdits(inserting: idMember))
    }

    // MARK: The end

    /// Ends the subscription because the proxy ends, or its server is no more.
    func close() {
        checkConfinement()
        guard !isEnded else { return }
        var result = ByteBuffer(string: #"{"resultType":"complete","_meta":{"#)
        result.writeImmutableBuffer(idMember)
        result.writeStaticString("}}")
        fail(.result(result))
    }

    private var isEnded: Bool { if case .ended = state { true } else { false } }

    private func fail(_ answer: Answer, from server: ServerConnections? = nil) {
        guard !isEnded else { return }
        end()
        gateway.note(request, from: reply.origin, answer.end, at: server, after: eventLoop.now - started)
        reply.finish(answer.bytes(for: request.id, server: server?.displayName ?? ""), refusal: answer.refusal)
    }

    private func clientLeft() {
        guard !isEnded else { return }
        end()
        let server = isOfSeveral ? nil : servers.first
        gateway.note(request, from: reply.origin, .cancelled, at: server, after: eventLoop.now - started)
    }

    private func end() {
        guard !isEnded else { return }
        state = .ended
        for leg in legs { leg.end() }
        gateway.subscriptions.remove(self)
    }
}
