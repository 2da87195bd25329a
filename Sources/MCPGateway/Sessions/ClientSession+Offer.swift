import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

// MARK: - A session where several servers are offered together

extension ClientSession {
    /// Tells whether everything passes as it is.
    static func passesAll(_ offer: Offer, _ narrowing: Narrowing, _ principal: Principal) -> Bool {
        !offer.isMerged && narrowing.isEmpty && principal.tools.isAll && !offer.actsForCallers
    }

    /// Whether everything would pass as it is if the session were opened now.
    var passesAll: Bool { Self.passesAll(offer, narrowing, principal) }

    /// What the client sees at the moment; nil at a server's own path.
    var view: OfferView? {
        if let lastView, lastView.edition == offer.edition { return lastView }
        lastView = offer.view(for: principal, narrowing)
        return lastView
    }

    /// Returns what the client is offered at the moment.
    func lists(_ view: OfferView) -> SeenLists { SeenLists(view.lists(of: key), narrowing, of: principal) }

    /// Tells on which connection a server with sessions is used for this client.
    private func key(at server: ServerConnections) -> ConnectionKey {
        server.key(for: principal, sessionID: isForOneRequest ? nil : id, declaration, era: .legacy).0
    }

    /// Answers a request, or passes it on to the server that it is for.
    func resolve(_ request: Message, _ id: RequestID, _ reply: any ReplySink) {
        guard let view else {
            return answer(request, id, .refused(.ended("nothing is offered any more")), at: nil, reply)
        }
        switch Resolver.resolve(request, from: .legacy, in: lists(view), of: view.members) {
        case .toMembers(let requests): pass(requests, id, reply)
        case .list(let kind, let cursor): list(kind, after: cursor, request, id, reply)
        case .search(let search): answer(search, request, id, reply)
        case .task: passTask(request, id, view, reply)
        case .logLevel(let level):
            setLogLevel(level)
            answer(request, id, .nothing, at: nil, reply)
        case .done: answer(request, id, .nothing, at: nil, reply)
        case .refused(let refusal): answer(request, id, .refused(refusal), at: nil, reply)
        case .introduction, .subscription:
            let words = "\(request.methodName) does not exist in revision \(version.name)"
            answer(request, id, .refused(Refusal(.methodNotFound, words)), at: nil, reply)
        }
    }

    private func pass(_ requests: [MemberRequest], _ id: RequestID, _ reply: any ReplySink) {
        let first = requests[0]
        pass(first.message, id, to: leg(to: first.member), reply, orElse: Array(requests.dropFirst()))
    }

    /// A task is its server's that has given it its name.
    private func passTask(_ request: Message, _ id: RequestID, _ view: OfferView, _ reply: any ReplySink) {
        let owner = view.members.first { taskOwner(at: $0.server).owns(request) }
        guard let owner else {
            let refusal = Refusal(.invalidParams, "Unknown task: it is none of this caller's")
            return answer(request, id, .refused(refusal), at: nil, reply)
        }
        pass(request, id, to: leg(to: owner), reply)
    }

    private func list(
        _ kind: CatalogKind, after cursor: String?, _ request: Message, _ id: RequestID, _ reply: any ReplySink
    ) {
        answer(request, id, reply) { (session, lists) throws(Refusal) in
            try lists.answer(to: id, kind, after: cursor, for: .legacy, client: session.declaration.clientName)
        }
    }

    private func answer(_ search: SearchRequest, _ request: Message, _ id: RequestID, _ reply: any ReplySink) {
        let started = eventLoop.now
        let ended = Refusal.ended("the session has ended")
        whenListed { session in
            guard !session.isClosed, let view = session.view else {
                return session.answer(request, id, .refused(ended), at: nil, reply)
            }
            session.waitingForLists += 1
            session.lists(view).answer(search, id, for: .legacy, on: session.eventLoop) { answer in
                session.waitingForLists -= 1
                session.note(
                    request, from: reply.origin, search.end, at: nil, after: session.eventLoop.now - started)
                reply.finish(session.isClosed ? ended.answer(to: id) : answer)
                session.closeIfDone()
            }
        }
    }

    /// Answers with something of the lists, once they are known or have been waited for long enough.
    private func answer(
        _ request: Message, _ id: RequestID, _ reply: any ReplySink,
        _ answer: @escaping @Sendable (ClientSession, SeenLists) throws(Refusal) -> ByteBuffer
    ) {
        let started = eventLoop.now
        whenListed { session in
            guard !session.isClosed, let view = session.view else {
                return session.answer(request, id, .refused(.ended("the session has ended")), at: nil, reply)
            }
            do throws(Refusal) {
                let bytes = try answer(session, session.lists(view))
                session.note(request, from: reply.origin, .ok, at: nil, after: session.eventLoop.now - started)
                reply.finish(bytes)
            } catch {
                session.answer(request, id, .refused(error), at: nil, reply)
            }
            session.closeIfDone()
        }
    }

    /// Calls back once the members' lists are known, or have been waited for long enough.
    func whenListed(_ body: @escaping @Sendable (ClientSession) -> Void) {
        guard let view else { return body(self) }
        waitingForLists += 1
        view.refresh()
        offer.firstLists.wait(for: view.members.map(\.server), of: principal, on: eventLoop, declaration) { [self] in
            waitingForLists -= 1
            body(self)
        }
    }

    // MARK: Log messages

    /// The level is kept for servers that are used later, and told to those that are used already.
    private func setLogLevel(_ level: LogLevel) {
        logLevel = level
        for leg in legs.all { tellLogLevel(to: leg) }
    }

    private func tellLogLevel(to leg: Leg) {
        guard let logLevel, let open = leg.current else { return }
        switch open.era {
        case .legacy: open.connection.runNowOrLater { $0.setLevel(logLevel, of: leg) }
        case .modern: leg.wantsLogMessages(from: logLevel)
        }
    }

    /// Tells a server that is used from now on what the client has said of all, and then lets the calls go on.
    func prepare(_ leg: Leg, _ goOn: @escaping @Sendable () -> Void) {
        checkConfinement()
        guard !isAtServersOwnPath, let logLevel, let open = leg.current else { return goOn() }
        guard open.era == .legacy else {
            leg.wantsLogMessages(from: logLevel)
            return goOn()
        }
        // It has to know before the call what its client wants to hear; one that does not say so is not waited for long.
        let once = Countdown(1) { [self] in runNowOrLater { _ in goOn() } }
        open.connection.runNowOrLater { connection in connection.setLevel(logLevel, of: leg) { once.finish() } }
        eventLoop.scheduleTask(in: Self.longestPreparation) { once.finish() }
    }

    private static let longestPreparation = TimeAmount.seconds(2)

    // MARK: What changes

    /// Takes the news that a server lists other things.
    ///
    /// - Parameter changed: Whose lists have changed; nil for those of all that have none of their own.
    func listsChanged(at server: ServerConnections, _ changes: Set<Method>, _ changed: ConnectionKey?) {
        checkConfinement()
        guard !isAtServersOwnPath, view?.has(server) == true, narrowing.wants(server), server.concerns(changed, key)
        else { return }
        tell(changes)
    }

    /// Takes the news that the client may use something else than before.
    func rightsChanged() {
        checkConfinement()
        guard isAtServersOwnPath == passesAll else { return close(reason: "the rights of the client have changed") }
        offerChanged(isCertain: true)
    }

    /// Takes the news that other servers are offered, or the same in another way.
    ///
    /// - Parameter isCertain: Whether the client may see something else even if the same servers are offered.
    func offerChanged(isCertain: Bool = false) {
        checkConfinement()
        guard !isAtServersOwnPath, !isClosed else { return }
        let former = lastView
        for leg in legs.all where view?.has(leg.server) != true {
            drop(leg, reason: "the server is not offered any more")
        }
        // What changes for others only is nothing to this client.
        if !isCertain, let former, let view, view.isLike(former) { return }
        tell(Set(CatalogKind.allCases.map(\.change)))
    }

    private func tell(_ changes: Set<Method>) {
        for method in Set(CatalogKind.allCases.map(\.change)).intersection(changes) {
            tell(OwnMessages.notification(method))
        }
    }

    /// Tells whether a client hears of something that a server says unasked. That a list has changed it hears once the
    /// proxy has read it, so that what it asks for then is new.
    func isHeard(_ notification: Message) -> Bool {
        guard !isAtServersOwnPath else { return true }
        return switch notification.method {
        case .toolListChanged, .promptListChanged, .resourceListChanged: false
        default: true
        }
    }

    // MARK: In the names that are offered

    /// Returns what has to be changed in something that a server says, so that the client can tell it from others.
    func offerEdits(_ notification: Message, from server: ServerConnections) -> [Edit] {
        guard !isAtServersOwnPath, let view else { return [] }
        return view.edits(notification, from: server)
    }
}
