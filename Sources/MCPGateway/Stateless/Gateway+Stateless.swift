import MCPCore
import MCPUpstream
import MCPValues
package import NIOCore

// MARK: - Clients without a session

extension Gateway {
    /// Takes a request whose envelope is in order. The answer comes through `reply`, exactly once, unless the client
    /// leaves before.
    package func receive(
        _ request: StatelessRequest,
        _ reply: any StatelessReplySink,
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
            reply.finish(refusal.answer(to: request.id), error: refusal.code)
            return
        }
        switch request.message.method {
        case .subscriptionsListen:
            StatelessSubscription(request, reply: reply, on: eventLoop, gateway: self).start()
        case .serverDiscover: discover(request, reply, on: eventLoop)
        default: StatelessCall(request, reply: reply, on: eventLoop, gateway: self).start()
        }
    }

    private func refusal(of request: StatelessRequest) -> StatelessRefusal? {
        if isDraining {
            return StatelessRefusal(.shuttingDown, "the proxy is shutting down; connect again in a moment")
        }
        return switch Resolver.resolve(request.message, from: .modern, filter: request.route.policy.toolFilter) {
        case .toLeg: nil
        case .refused(let refusal): refusal
        case .hidden(let tool): request.route.refuse(hidden: tool, in: request.message)
        }
    }

    /// A server with a handshake has said what it is; a stateless one is asked each time.
    private func discover(
        _ request: StatelessRequest,
        _ reply: any StatelessReplySink,
        on eventLoop: any EventLoop
    ) {
        let server = request.route.server
        // Counted from the beginning: whoever waits for the last call waits for this one.
        if let refused = admit(request.principal, to: server) {
            let refusal = StatelessRefusal(refused.code, refused.words)
            return reply.finish(refusal.answer(to: request.id), error: refusal.code)
        }
        server.findEra(for: server.declaration(of: request), on: eventLoop) { [self] era in
            guard case .success(.legacy) = era else {
                release(request.principal, from: server)
                return StatelessCall(request, reply: reply, on: eventLoop, gateway: self).start()
            }
            let connection = server.hold(for: request, era: .legacy, preferring: eventLoop)
            connection.run { [self] connection in
                connection.upstream.whenReady { [self] result in
                    server.release(connection)
                    let answer: Answer =
                        switch result {
                        case .success(let introduction):
                            .result(DiscoverResult.make(from: introduction, cacheHints: connection.cacheHints))
                        case .failure(let failure): .failure(failure)
                        }
                    reply.finish(answer.bytes(for: request.id, server: server.displayName), error: answer.errorCode)
                    release(request.principal, from: server)
                }
            }
        }
    }
}

extension ServerConnections {
    /// The connection for a request that belongs to no session.
    func hold(for request: StatelessRequest, era: Era, preferring eventLoop: any EventLoop) -> Connection {
        if era == .modern {
            let (key, told) = key(for: request.principal, sessionID: nil, ownDeclaration, era: .modern)
            return hold(key, of: request.principal, told, preferring: eventLoop)
        }
        let (key, told) = key(for: request.principal, sessionID: nil, declaration(of: request), era: .legacy)
        return hold(key, of: request.principal, told, preferring: eventLoop)
    }

    /// What a request says of its client.
    func declaration(of request: StatelessRequest) -> ClientDeclaration {
        let message = request.message
        var declaration = ownDeclaration
        if let info = message.view(message.envelope.metadata.clientInfo?.value) { declaration.clientInfo = info.bytes }
        if let capabilities = message.view(message.envelope.metadata.clientCapabilities?.value) {
            declaration.capabilities = capabilities.bytes
        }
        declaration.clientInfo.blankLineBreaks()
        declaration.capabilities.blankLineBreaks()
        return declaration
    }
}
