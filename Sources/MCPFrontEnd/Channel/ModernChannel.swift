import MCPCore
import MCPGateway
import NIOCore

/// The stateless requests of a client that shares one channel for all of them
/// ([stdio, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/stdio)).
///
/// Confined to its event loop.
final class ModernChannel: LoopConfined, @unchecked Sendable {
    let eventLoop: any EventLoop
    let write: @Sendable (ByteBuffer) -> Void
    private let offer: Offer
    private let principal: Principal
    private let gateway: Gateway
    private var open: [RequestID: ChannelReply] = [:]

    init(
        offer: Offer,
        principal: Principal,
        on eventLoop: any EventLoop,
        gateway: Gateway,
        write: @escaping @Sendable (ByteBuffer) -> Void
    ) {
        self.offer = offer
        self.principal = principal
        self.eventLoop = eventLoop
        self.gateway = gateway
        self.write = write
    }

    /// Takes a request that carries its own envelope.
    func receive(_ request: Message, from origin: RequestOrigin) {
        checkConfinement()
        guard let id = request.id else { return }
        do throws(Refusal) {
            guard open[id] == nil else {
                throw Refusal.identifierInUse
            }
            try ModernEnvelope.checkMembers(of: request)
            try ModernEnvelope.checkVersion(
                request.view(request.envelope.metadata.protocolVersion?.value)?.string ?? ""
            )
        } catch {
            write(error.answer(to: id))
            return
        }
        let reply = ChannelReply(
            self, id: id, from: origin, isSubscription: request.method == .subscriptionsListen)
        open[id] = reply
        gateway.receive(
            ModernRequest(request, id: id, offer: offer, principal: principal),
            reply,
            on: eventLoop
        )
    }

    /// Takes the notification by which a client cancels a request. Returns whether the request was one of these.
    func cancel(_ notification: Message) -> Bool {
        checkConfinement()
        guard let id = notification.cancelledID, let reply = open[id] else { return false }
        reply.leave()
        return true
    }

    func ended(_ id: RequestID, _ reply: ChannelReply) {
        checkConfinement()
        if open[id] === reply { open[id] = nil }
    }

    /// The client has gone: everything is cancelled.
    func end() {
        checkConfinement()
        for reply in open.values { reply.leave() }
    }
}
