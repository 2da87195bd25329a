import MCPCore
import MCPUpstream
import MCPValues
package import NIOCore
import Recordings

// MARK: - Clients without a session

extension Gateway {
    /// Takes a request whose envelope is in order. The answer comes through `reply`, exactly once, unless the client
    /// leaves before.
    package func receive(
        _ request: ModernRequest,
        _ reply: any ModernReplySink,
        on eventLoop: any EventLoop
    ) {
        let reply = recorder.isOn ? recorded(request, reply) : reply
        if let refusal = auditRefusal(of: request.message.method) {
            return answer(request, .refused(refusal), at: request.offer.member?.server, reply)
        }
        if let view = request.view {
            resolve(request, in: view, reply, on: eventLoop)
        } else if let server = request.offer.member?.server {
            receive(request, at: server, reply, on: eventLoop)
        }
    }

    /// Takes a request for one server, in its own names.
    ///
    /// - Parameter others: Who may know what is asked for, if this server does not.
    private func receive(
        _ request: ModernRequest, at server: ServerConnections, orElse others: [MemberRequest] = [],
        _ reply: any ModernReplySink, on eventLoop: any EventLoop
    ) {
        if recorder.isOn { reply.goes(to: server) }
        // A state that is none of ours may be the server's own. A call that waits goes on also while the proxy drains.
        if let state = request.message.view(request.message.envelope.requestState?.value)?.string,
            let call = suspended.find(state), call.isRepeated(by: request, at: server)
        {
            call.eventLoop.runNowOrLater { call.resume(request, named: state, reply: reply) }
            return
        }
        if let refusal = refusal(of: request, at: server) {
            return answer(request, .refused(refusal), at: server, reply)
        }
        switch request.message.method {
        case .subscriptionsListen:
            ModernSubscription(request, to: [server], reply: reply, on: eventLoop, gateway: self).start()
        case .serverDiscover: discover(request, at: server, reply, on: eventLoop)
        default: ModernCall(request, to: server, orElse: others, reply: reply, on: eventLoop, gateway: self).start()
        }
    }

    private func refusal(of request: ModernRequest, at server: ServerConnections) -> Refusal? {
        if isDraining {
            return Refusal.shuttingDown
        }
        return switch Resolver.resolve(request.message, from: .modern, filter: request.offer.member?.toolFilter) {
        case .toLeg: nil
        case .refused(let refusal): refusal
        case .hidden(let tool): .hidden(tool)
        }
    }

    /// A server with a handshake has said what it is; a stateless one is asked each time.
    private func discover(
        _ request: ModernRequest,
        at server: ServerConnections,
        _ reply: any ModernReplySink,
        on eventLoop: any EventLoop
    ) {
        // Counted from the beginning: whoever waits for the last call waits for this one.
        if let refusal = admit(request.principal, to: server, for: .serverDiscover, in: reply.origin) {
            return answer(request, .refused(refusal), at: server, reply)
        }
        let started = eventLoop.now
        server.findEra(of: request.principal, for: request.declaration(to: server), on: eventLoop) { [self] era in
            guard case .success(.legacy) = era else {
                release(request.principal, from: server)
                return ModernCall(request, to: server, reply: reply, on: eventLoop, gateway: self).start()
            }
            let leg = OpenLeg(to: server, for: request, .legacy, preferring: eventLoop)
            leg.connection.runNowOrLater { [self] connection in
                connection.upstream.whenReady { [self] result in
                    leg.release()
                    let answer: Answer =
                        switch result {
                        case .success(let introduction):
                            .result(
                                DiscoverResult.make(
                                    from: introduction,
                                    cacheHints: connection.cacheHints.members(
                                        isShared: request.principal == .anonymous)))
                        case .failure(let failure): .failure(failure)
                        }
                    self.answer(request, answer, at: server, after: eventLoop.now - started, reply)
                    release(request.principal, from: server)
                }
            }
        }
    }

    // MARK: Several servers

    private func resolve(
        _ request: ModernRequest, in view: OfferView, _ reply: any ModernReplySink, on eventLoop: any EventLoop
    ) {
        switch Resolver.resolve(request.message, from: .modern, in: request.lists(view), of: view.members) {
        case .toMembers(let requests):
            let first = requests[0]
            receive(
                request.respelt(first), at: first.member.server, orElse: Array(requests.dropFirst()), reply,
                on: eventLoop)
        case .task:
            guard let owner = view.members.first(where: { owns($0.server, request) }) else {
                let refusal = Refusal(.invalidParams, "Unknown task: it is none of this caller's")
                return answer(request, .refused(refusal), at: nil, reply)
            }
            receive(request, at: owner.server, reply, on: eventLoop)
        case .list(let kind, let cursor):
            answer(request, view, reply, on: eventLoop) { (lists) throws(Refusal) in
                try lists.answer(to: request.id, kind, after: cursor, for: .modern, client: request.clientName)
            }
        case .search(let search):
            let started = eventLoop.now
            whenListed(request, view, reply, on: eventLoop) { [self] lists in
                lists.answer(search, request.id, for: .modern, on: eventLoop) { answer in
                    self.note(request, from: reply.origin, search.end, at: nil, after: eventLoop.now - started)
                    reply.finish(answer)
                }
            }
        case .introduction:
            answer(request, view, reply, on: eventLoop) { lists in
                OwnMessages.result(id: request.id, lists.introduction.discoverResult)
            }
        case .subscription:
            if isDraining { return answer(request, .refused(.shuttingDown), at: nil, reply) }
            ModernSubscription(
                request, to: view.members.map(\.server), reply: reply, on: eventLoop, gateway: self
            ).start()
        case .refused(let refusal): answer(request, .refused(refusal), at: nil, reply)
        case .done, .logLevel:
            let words = "Method not found: \(request.message.methodName) does not exist in this revision"
            answer(request, .refused(Refusal(.methodNotFound, words)), at: nil, reply)
        }
    }

    private func owns(_ server: ServerConnections, _ request: ModernRequest) -> Bool {
        TaskOwner(seal: taskSeal, server: server, principal: request.principal).owns(request.message)
    }

    /// Answers with something of the lists, once they are known or have been waited for long enough.
    private func answer(
        _ request: ModernRequest, _ view: OfferView, _ reply: any ModernReplySink, on eventLoop: any EventLoop,
        _ answer: @escaping @Sendable (SeenLists) throws(Refusal) -> ByteBuffer
    ) {
        let started = eventLoop.now
        whenListed(request, view, reply, on: eventLoop) { [self] lists in
            do throws(Refusal) {
                let bytes = try answer(lists)
                note(request, from: reply.origin, .ok, at: nil, after: eventLoop.now - started)
                reply.finish(bytes)
            } catch {
                self.answer(request, .refused(error), at: nil, after: eventLoop.now - started, reply)
            }
        }
    }

    /// Answers a request that has not become a call.
    ///
    /// - Parameter server: For which it was; nil for none.
    func answer(
        _ request: ModernRequest, _ answer: Answer, at server: ServerConnections?, after elapsed: TimeAmount = .zero,
        _ reply: any ModernReplySink
    ) {
        note(request, from: reply.origin, answer.end, at: server, after: elapsed)
        reply.finish(answer.bytes(for: request.id, server: server?.displayName ?? ""), refusal: answer.refusal)
    }

    func note(
        _ request: ModernRequest, from origin: RequestOrigin, _ end: RequestEnd, at server: ServerConnections?,
        after elapsed: TimeAmount, span: SpanChoice = .undecided
    ) {
        note(
            request.message, from: origin, of: request.principal, at: request.offer, server, in: .modern,
            client: request.message.view(request.message.envelope.metadata.clientInfo?.value)?.bytes, end,
            after: elapsed,
            traced: TracedRequest(
                span: span,
                version: request.message.view(request.message.envelope.metadata.protocolVersion?.value)?.string))
    }

    /// Calls back with the lists once they are known or have been waited for long enough.
    private func whenListed(
        _ request: ModernRequest, _ view: OfferView, _ reply: any ModernReplySink, on eventLoop: any EventLoop,
        _ body: @escaping @Sendable (SeenLists) -> Void
    ) {
        if isDraining { return answer(request, .refused(.shuttingDown), at: nil, reply) }
        view.refresh()
        request.offer.firstLists.wait(
            for: view.members.map(\.server), of: request.principal, on: eventLoop,
            request.declaration(to: view.members.first?.server)
        ) {
            body(request.lists(request.view ?? view))
        }
    }
}
