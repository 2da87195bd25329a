import MCPCore
import MCPUpstream
import NIOCore

/// Holds what a session has towards one server. It is the client of the connection, so that the session learns which
/// server has spoken or was replaced; it is opened when it is needed first.
///
/// Confined to the session's event loop, but for what it says otherwise.
final class Leg: AttachedClient, LoopConfined, @unchecked Sendable {
    /// Says who waits until the leg is open.
    private enum Waiter {
        /// The client's `initialize`, which is answered with what the server says of itself.
        case introduction(@Sendable (Result<Introduction, UpstreamFailure>) -> Void)
        case opening(@Sendable () -> Void)
        case call(WaitingCall)

        var isIntroduction: Bool { if case .introduction = self { true } else { false } }
        var call: WaitingCall? { if case .call(let call) = self { call } else { nil } }
    }

    /// A request that came before the leg was open.
    struct WaitingCall {
        let request: Message
        let id: RequestID
        let reply: any ReplySink
        /// What it says in header fields that are for servers.
        let passed: PassedFields
        /// Who may know what is asked for, if this server does not.
        var others: [MemberRequest] = []
        /// Its span, where another server was asked before.
        var span = SpanChoice.undecided
    }

    /// How many calls may wait until it is open.
    static let maximumWaiting = 256

    /// Of what it is a part.
    let offer: Offer
    let server: ServerConnections
    let eventLoop: any EventLoop
    /// To whom tasks belong that are created on it.
    let taskOwner: TaskOwner
    private weak var session: ClientSession?
    private var state = LegState<OpenLeg, Waiter>()
    private var isListening = false
    /// What it stands on until it is opened for what its client says now in its header fields: what it has wanted to hear
    /// there is taken along.
    private var leaving: OpenLeg?
    /// How many calls wait although it is open, until the server knows what has to be told before.
    private var beingPrepared = 0

    init(to server: ServerConnections, of offer: Offer, for session: ClientSession) {
        self.server = server
        self.offer = offer
        self.session = session
        eventLoop = session.eventLoop
        taskOwner = session.taskOwner(at: server)
    }

    /// What exchanges take along; nil while it is not open.
    var current: OpenLeg? { state.footing }

    /// The server's name, as clients may see it.
    var serverName: String { server.displayName }

    // MARK: Opening

    /// Opens the leg, and tells what the server is.
    func introduce(_ completion: @escaping @Sendable (Result<Introduction, UpstreamFailure>) -> Void) {
        want(.introduction(completion))
    }

    /// Calls back once the leg is open or has ended. A server that cannot be reached says so to the calls.
    func whenOpen(_ completion: @escaping @Sendable () -> Void) { want(.opening(completion)) }

    /// Keeps a call until the leg is open, and opens it. Returns false when too many wait.
    func keep(_ call: WaitingCall) -> Bool {
        checkConfinement()
        guard state.waiting.count < Self.maximumWaiting else { return false }
        want(.call(call))
        return true
    }

    private func want(_ waiter: Waiter) {
        checkConfinement()
        guard let session else { return }
        switch state.wanted(by: waiter) {
        case .waits: break
        case .begins(let attempt): begin(attempt, for: session)
        case .isOpen: tell([waiter], nil)
        }
    }

    private func begin(_ attempt: Int, for session: ClientSession) {
        server.findEra(of: session.principal, for: session.declaration, on: session.eventLoop) { [self] era in
            guard state.isOpening(attempt) else { return }
            switch era {
            case .success(let era): attach(session, era, attempt)
            case .failure(let failure) where needsIntroduction: failed(attempt, failure)
            // Its connection says so to the calls.
            case .failure: attach(session, .legacy, attempt)
            }
        }
    }

    private var needsIntroduction: Bool { state.waiting.contains(where: \.isIntroduction) }

    private func attach(_ session: ClientSession, _ era: Era, _ attempt: Int) {
        var open = OpenLeg(to: server, of: offer, for: session, era, client: ObjectIdentifier(self))
        if let leaving {
            self.leaving = nil
            open.logLevel = leaving.logLevel
            state.found(open)
            return move(from: leaving, to: open, attempt, for: session)
        }
        state.found(open)
        let needsIntroduction = needsIntroduction
        open.connection.runNowOrLater { [self, isListening] connection in
            connection.attach(self, asking: session)
            if isListening { connection.listen() }
            guard needsIntroduction else { return }
            connection.introduce { [self] result in
                session.runNowOrLater { [self] in introduced(result, as: era, attempt, for: $0) }
            }
        }
        if !needsIntroduction { tell(state.opened(), nil) }
    }

    private func move(from former: OpenLeg, to open: OpenLeg, _ attempt: Int, for session: ClientSession) {
        guard former.connection !== open.connection else {
            // It is held twice.
            open.release()
            return tell(state.opened(), nil)
        }
        former.connection.runNowOrLater { [self, isListening] connection in
            let wishes = connection.detach(self)
            open.connection.runNowOrLater { [self] connection in
                connection.attach(self, asking: session, takingOver: wishes)
                if isListening { connection.listen() }
                session.runNowOrLater { [self] _ in
                    if state.isOpening(attempt) { tell(state.opened(), nil) } else { leave(open) }
                }
            }
        }
    }

    private func introduced(
        _ result: Result<Introduction, UpstreamFailure>, as era: Era, _ attempt: Int, for session: ClientSession
    ) {
        switch result {
        case .success(let introduction):
            switch state.introduced(attempt, asThought: introduction.era == era) {
            case .opened(let waiting): tell(waiting, introduction)
            case .again(let attempt, let former):
                leave(former)
                begin(attempt, for: session)
            case .late: break
            }
        case .failure(let failure): failed(attempt, failure)
        }
    }

    private func failed(_ attempt: Int, _ failure: UpstreamFailure) {
        let (waiting, former) = state.failed(attempt)
        leave(former)
        for waiter in waiting {
            switch waiter {
            case .introduction(let completion): completion(.failure(failure))
            case .opening(let completion): completion()
            case .call(let call):
                call.reply.finish(ClientFailure.answer(to: call.id, server: serverName, failure))
            }
        }
        session?.closeIfDone()
    }

    /// Tells that the leg is open.
    private func tell(_ waiting: [Waiter], _ introduction: Introduction?) {
        var calls: [WaitingCall] = []
        session?.bring(over: self)
        for waiter in waiting {
            switch waiter {
            case .introduction(let completion):
                if let introduction { completion(.success(introduction)) } else { askAgain(completion) }
            case .opening(let completion): completion()
            case .call(let call): calls.append(call)
            }
        }
        guard !calls.isEmpty, let session else {
            session?.closeIfDone()
            return
        }
        beingPrepared += calls.count
        session.prepare(self) { [self, calls] in
            beingPrepared -= calls.count
            for call in calls { session.pass(call, to: self) }
            session.closeIfDone()
        }
    }

    private func askAgain(_ completion: @escaping @Sendable (Result<Introduction, UpstreamFailure>) -> Void) {
        guard let session, let open = current else { return }
        open.connection.runNowOrLater { connection in
            connection.introduce { result in session.runNowOrLater { _ in completion(result) } }
        }
    }

    // MARK: Calls that wait

    var waitingCalls: Int { state.waiting.count { $0.call != nil } + beingPrepared }

    func isWaiting(_ id: RequestID) -> Bool {
        checkConfinement()
        return state.waiting.contains { $0.call?.id == id }
    }

    /// Takes back a call that waits, if there is one of this identifier.
    func withdraw(_ id: RequestID) -> (any ReplySink)? {
        checkConfinement()
        return state.withdraw { $0.call?.id == id }?.call?.reply
    }

    // MARK: While it is open

    /// Hears from now on what the server says unasked, where that is a matter of choice.
    func listen() {
        checkConfinement()
        isListening = true
        current?.connection.runNowOrLater { $0.listen() }
    }

    /// Notes from which level on the client wants log messages, where its server does not keep that.
    func wantsLogMessages(from level: LogLevel) {
        checkConfinement()
        guard var open = current else { return }
        open.logLevel = level
        state.changed(open)
    }

    /// Finds another connection when it is needed next.
    func beginAnew() {
        checkConfinement()
        guard let open = current else { return }
        _ = state.lost()
        leaving = open
    }

    /// Gives the connection back, and tells those who wait that it ends.
    func end(reason: String) {
        checkConfinement()
        let (waiting, former) = state.lost()
        leave(former)
        leave(leaving)
        leaving = nil
        for waiter in waiting {
            switch waiter {
            case .introduction(let completion):
                completion(.failure(UpstreamFailure(.closed, reason, nothingSent: true)))
            case .opening(let completion): completion()
            case .call(let call):
                call.reply.finish(Refusal.ended(reason).answer(to: call.id))
            }
        }
    }

    private func leave(_ former: OpenLeg?) {
        former?.connection.runNowOrLater { $0.detach(self) }
    }

    // MARK: AttachedClient, on the connection's event loop

    func serverWasReplaced() {
        session?.runNowOrLater { [self] in $0.lost(self) }
    }

    func hear(_ notification: Message) {
        session?.runNowOrLater { [self] in $0.hear(notification, from: self) }
    }
}
