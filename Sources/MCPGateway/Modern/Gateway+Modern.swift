import MCPCore
import MCPUpstream
import MCPValues
package import NIOCore

// MARK: - Clients without a session

extension Gateway {
    /// Takes a request whose envelope is in order. The answer comes through `reply`, exactly once, unless the client
    /// leaves before.
    package func receive(
        _ request: ModernRequest,
        _ reply: any ModernReplySink,
        on eventLoop: any EventLoop
    ) {
        // A state that is none of ours may be the server's own. A call that waits goes on also while the proxy drains.
        if let state = request.message.view(request.message.envelope.requestState?.value)?.string,
            let call = suspended.find(state), call.isRepeated(by: request)
        {
            call.eventLoop.run { call.resume(request, named: state, reply: reply) }
            return
        }
        if let refusal = refusal(of: request) {
            reply.refuse(request, refusal)
            return
        }
        switch request.message.method {
        case .subscriptionsListen:
            ModernSubscription(request, reply: reply, on: eventLoop, gateway: self).start()
        case .serverDiscover: discover(request, reply, on: eventLoop)
        default: ModernCall(request, reply: reply, on: eventLoop, gateway: self).start()
        }
    }

    private func refusal(of request: ModernRequest) -> Refusal? {
        if isDraining {
            return Refusal.shuttingDown
        }
        return switch Resolver.resolve(request.message, from: .modern, filter: request.offer.member.toolFilter) {
        case .toLeg: nil
        case .refused(let refusal): refusal
        case .hidden(let tool): request.offer.refuse(hidden: tool, in: request.message)
        }
    }

    /// A server with a handshake has said what it is; a stateless one is asked each time.
    private func discover(
        _ request: ModernRequest,
        _ reply: any ModernReplySink,
        on eventLoop: any EventLoop
    ) {
        let server = request.offer.member.server
        // Counted from the beginning: whoever waits for the last call waits for this one.
        if let refusal = admit(request.principal, to: server) {
            return reply.refuse(request, refusal)
        }
        server.findEra(for: request.declaration(to: server), on: eventLoop) { [self] era in
            guard case .success(.legacy) = era else {
                release(request.principal, from: server)
                return ModernCall(request, reply: reply, on: eventLoop, gateway: self).start()
            }
            let leg = OpenLeg(to: server, for: request, .legacy, preferring: eventLoop)
            leg.connection.run { [self] connection in
                connection.upstream.whenReady { [self] result in
                    leg.release()
                    let answer: Answer =
                        switch result {
                        case .success(let introduction):
                            .result(DiscoverResult.make(from: introduction, cacheHints: connection.cacheHints))
                        case .failure(let failure): .failure(failure)
                        }
                    reply.finish(answer.bytes(for: request.id, server: leg.serverName), refusal: answer.refusal)
                    release(request.principal, from: server)
                }
            }
        }
    }
}
