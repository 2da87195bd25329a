import MCPCore
package import Metrics
package import NIOCore
package import Recordings

/// Steps 6 and 11 of 17 of a call: after ``Connection``, before ``Conversation``; then before ``Exchange``.
///
/// Holds what goes on with one server, kept alive: opened again, with back-off and for ever, when it is lost.
///
/// Calls that come while it is starting wait, within bounds; calls that were sent when it is lost fail at once.
/// Nothing is ever sent twice, but for a request that the server refused unread because it had forgotten the
/// session.
///
/// Confined to its event loop.
package final class Upstream: LoopConfined, @unchecked Sendable {
    /// Makes a fresh link on an event loop, each time one is needed.
    package typealias LinkFactory = @Sendable (any EventLoop) -> any UpstreamLink

    /// Says where the upstream stands.
    package enum State: Sendable {
        case starting
        case ready(Introduction)
        /// Lost; the next attempt is due after a wait, or only when somebody renews it.
        case waiting(UpstreamFailure)
        case closed
    }

    package let eventLoop: any EventLoop
    package private(set) var state = State.starting
    package private(set) var restarts = 0

    /// How soon a call may cause another attempt to reach a remote server.
    static let demandedRetryInterval = Duration.seconds(1)

    private let makeLink: LinkFactory
    private let declaration: ClientDeclaration
    let era: EraChoice
    let memory: EraMemory
    private let lists: ListMemory
    private(set) var limits: UpstreamLimits
    private(set) weak var listener: (any UpstreamListener)?
    var current: Conversation?
    /// What is to take over from `current`, and who waits for that.
    var successor: Successor?
    /// Conversations that were replaced and still have calls in flight.
    var draining: [Conversation] = []
    var queue = CallQueue()
    var queueTimer: Scheduled<Void>?
    var retryTimer: Scheduled<Void>?
    private(set) var retryAt: NIODeadline?
    private var lastAttempt: NIODeadline?
    var startsProcesses = false
    private var backoff: Backoff
    package let circuit: CircuitBreaker
    private let wire: WireMeter
    private let tap: RecordingTap?
    /// The call, or the attempt to reach the server, that finds out whether the circuit may be closed.
    var probe: CircuitProbe?
    private var generation = 0
    private var lastID: Int64 = 0
    private var wasReady = false
    /// Whether there are other credentials since the last attempt began.
    var hasMissedCredentials = false
    /// Whether a start may take longer than `startTimeout`: one that has never been ready, because the program may have to
    /// be downloaded first, and one that took longer the last time.
    var mayStartSlowly = true
    /// How many sessions in a row were forgotten before anything was asked in them.
    var idleLosses = 0
    var closedBecause = UpstreamFailure(.closed, "the server was stopped", nothingSent: true)
    var waiters: [(Result<Introduction, UpstreamFailure>) -> Void] = []

    package init(
        on eventLoop: any EventLoop,
        declaration: ClientDeclaration,
        era: EraChoice = .detected,
        memory: EraMemory = EraMemory(),
        lists: ListMemory = ListMemory(),
        limits: UpstreamLimits,
        circuit: CircuitBreaker? = nil,
        wire: WireMeter = WireMeter(),
        tap: RecordingTap? = nil,
        makeLink: @escaping LinkFactory
    ) {
        self.wire = wire
        self.tap = tap
        self.eventLoop = eventLoop
        self.declaration = declaration
        self.era = era
        self.memory = memory
        self.lists = lists
        self.limits = limits
        self.circuit = circuit ?? CircuitBreaker(limits.circuit(startsProcesses: true))
        self.makeLink = makeLink
        self.backoff = Backoff(minimum: limits.backoffMinimum, maximum: limits.backoffMaximum)
    }

    /// Opens the first connection. Must be called once, on the event loop.
    ///
    /// - Parameter listener: Hears what the server says outside of answers; not kept alive.
    package func start(reportingTo listener: any UpstreamListener) {
        checkConfinement()
        self.listener = listener
        attempt()
    }

    /// The process behind the connection, where there is one.
    package var processID: Int32? { current?.link.processID }

    /// The last lines of the process's standard error, also of one that has just ended.
    package var recentErrorOutput: [String] {
        let lines = current?.link.recentErrorOutput ?? []
        return lines.isEmpty ? lastErrorOutput : lines
    }
    var lastErrorOutput: [String] = []

    /// The link in use, for what only one kind of link can do.
    package var link: (any UpstreamLink)? { current?.link }

    /// Takes other bounds, for the calls under way, too. A start under way keeps the time that it has.
    package func take(_ limits: UpstreamLimits) {
        checkConfinement()
        self.limits = limits
        for conversation in conversations { conversation.limits = limits }
        successor?.conversation.limits = limits
    }

    // MARK: Use

    /// Reports what the server is once that is known, or the failure of the attempt under way.
    package func whenReady(_ body: @escaping (Result<Introduction, UpstreamFailure>) -> Void) {
        checkConfinement()
        switch state {
        case .ready(let result): body(.success(result))
        case .starting:
            if circuit.isOpen { body(.failure(circuitRefusal)) } else { waiters.append(body) }
        case .waiting(let failure):
            bringRetryForward()
            if mayWait { waiters.append(body) } else { body(.failure(refusal(failure))) }
        case .closed: body(.failure(closedBecause))
        }
    }

    /// Returns an identifier for a request that is about to be sent: what to cancel it by, and its progress token.
    package func makeID() -> Int64 {
        checkConfinement()
        lastID += 1
        return lastID
    }

    /// Sends a request, or keeps it until it can be sent. The receiver may hear of its end before this returns.
    ///
    /// - Parameter id: From `makeID`, where the request may have to be cancelled.
    package func exchange(_ receiver: any ExchangeReceiver, id: Int64? = nil) {
        checkConfinement()
        let id = id ?? makeID()
        switch state {
        case .ready:
            if circuit.isOpen { return sendAsProbe(receiver, id) }
            if let current, current.isReady, queue.isEmpty, current.boundedCallCount < limits.maximumCallsInFlight {
                current.send(receiver, id: id, mayBeRepeated: true)
            } else {
                enqueue(id, receiver)
            }
        case .starting:
            if circuit.isOpen { receiver.exchangeFailed(circuitRefusal) } else { enqueue(id, receiver) }
        case .waiting(let failure):
            bringRetryForward()
            if mayWait { enqueue(id, receiver) } else { receiver.exchangeFailed(refusal(failure)) }
        case .closed:
            receiver.exchangeFailed(closedBecause)
        }
    }

    /// Gives up a call. Its receiver hears nothing more.
    package func cancel(_ id: Int64, reason: String) {
        checkConfinement()
        if probe == .call(id) { giveUpProbe() }
        if queue.remove(id) { return }
        for conversation in conversations { conversation.cancel(id, reason: reason) }
    }

    /// Sends a notification, unless there is nobody to hear it.
    package func notify(_ message: ByteBuffer) {
        checkConfinement()
        guard case .ready = state else { return }
        current?.notify(message)
    }

    /// Sends the answer to a server's request, already under the server's identifier. An answer to a connection
    /// that has gone is dropped.
    package func answer(_ request: ServerRequest, _ message: ByteBuffer) {
        checkConfinement()
        conversations.first { $0.generation == request.generation }?.answer(request.id, message)
    }

    /// Ends the connection for good.
    ///
    /// - Parameter failure: What everybody is told who still wants something of it.
    package func close(
        because failure: UpstreamFailure = UpstreamFailure(.closed, "the server was stopped", nothingSent: true)
    ) {
        checkConfinement()
        if isClosed { return }
        state = .closed
        closedBecause = failure
        retryTimer?.cancel()
        queueTimer?.cancel()
        giveUpProbe()
        failWaiting(failure)
        for conversation in conversations { conversation.close() }
        succession(failed: failure)
    }

    var conversations: [Conversation] { draining + (current.map { [$0] } ?? []) }

    /// Whether a call may wait for the next attempt.
    private var mayWait: Bool { isRetryNear && !circuit.isOpen }

    private var isRetryNear: Bool {
        guard let retryAt else { return false }
        return retryAt - eventLoop.now <= .milliseconds(limits.queueWait.milliseconds)
    }

    // MARK: Connecting

    /// Tries to reach the server, unless somebody else is finding out whether it is there.
    func attempt() {
        switch circuit.admit(now: eventLoop.now) {
        case .pass: connect()
        case .probe:
            probe = .attempt
            connect()
        case .refused(let until):
            state = .waiting(circuitRefusal)
            retry(at: until)
            failWaiting(circuitRefusal)
        }
    }

    func connect() {
        retryAt = nil
        hasMissedCredentials = false
        lastAttempt = eventLoop.now
        state = .starting
        let conversation = makeConversation()
        startsProcesses = conversation.link.startsProcess
        current = conversation
        conversation.open(for: queue.first?.receiver.brought)
    }

    /// - Parameter factory: What makes its link; nil for what makes all others.
    func makeConversation(with factory: LinkFactory? = nil) -> Conversation {
        generation += 1
        return Conversation(
            generation: generation,
            link: (factory ?? makeLink)(eventLoop),
            introducer: Introducer(
                declaration,
                era: era,
                memory: memory,
                probeTimeout: limits.probeTimeout
            ) { [unowned self] in makeID() },
            limits: limits,
            circuit: circuit,
            mayStartSlowly: mayStartSlowly,
            lists: lists,
            wire: wire,
            tap: tap,
            owner: self
        )
    }

    private func retryLater(_ failure: UpstreamFailure, readyFor: Duration?) {
        let delay = backoff.delay(readyFor: readyFor)
        restarts += 1
        let next = eventLoop.now + .milliseconds(delay.milliseconds)
        note(failure, readyFor: readyFor, next: next)
        if delay == .zero { return attempt() }
        retry(at: next)
        if readyFor != nil, !mayWait { failWaiting(refusal(failure)) }
    }

    private func retry(at time: NIODeadline) {
        retryTimer?.cancel()
        retryAt = time
        retryTimer = eventLoop.scheduleTask(deadline: time) { [weak self] in
            guard let self, case .waiting = state else { return }
            attempt()
        }
    }

    /// Somebody needs the server now. To try a remote one costs little, so that it need not wait for a back-off that
    /// was meant for nobody; a process is not started more often for that.
    func bringRetryForward() {
        guard !startsProcesses, let retryAt = retryAt ?? retryOnDemand, let lastAttempt else { return }
        let earliest = max(lastAttempt + .milliseconds(Self.demandedRetryInterval.milliseconds), eventLoop.now)
        if earliest < retryAt { retry(at: earliest) }
    }
}

// MARK: - What a conversation yields

extension Upstream: ConversationOwner {
    func conversationBecameReady(_ conversation: Conversation, _ introduction: Introduction) {
        let succeeded = takeOver(conversation)
        guard conversation === current else { return }
        state = .ready(introduction)
        if probe == .attempt { probe = nil }
        circuit.putOnTrial()
        let again = wasReady
        wasReady = true
        mayStartSlowly = conversation.hasStartedSlowly
        listener?.upstreamBecameReady(self, again: again)
        let waiters = self.waiters
        self.waiters = []
        for waiter in waiters { waiter(.success(introduction)) }
        sendQueued()
        succeeded?()
    }

    func conversation(_ conversation: Conversation, asks request: ServerRequest, during id: Int64?) {
        guard let listener else { return }
        listener.upstream(self, asks: request, during: id.flatMap { conversation.calls[$0]?.receiver })
    }

    func conversation(_ conversation: Conversation, notifies message: Message, during id: Int64?) {
        listener?.upstream(self, notifies: message, during: id.flatMap { conversation.calls[$0]?.receiver })
    }

    func conversation(_ conversation: Conversation, lostSessionWith id: Int64?) {
        if let id, let call = conversation.withdraw(id) {
            if call.mayBeRepeated {
                queue.putFirst(
                    QueuedCall(id: id, receiver: call.receiver, queuedAt: call.started, mayBeRepeated: false))
                scheduleQueueSweep()
            } else {
                call.receiver.exchangeFailed(UpstreamFailure(.connectionLost, "it keeps forgetting the session"))
            }
        }
        guard conversation === current else {
            conversationHasRoom(conversation)
            sendQueued()
            return
        }
        current = nil
        draining.append(conversation)
        restarts += 1
        connect()
        conversationHasRoom(conversation)
    }

    func conversationEnded(_ conversation: Conversation, _ failure: UpstreamFailure) {
        guard conversation === current, !isClosed else { return conversationLeft(conversation, failure) }
        lastErrorOutput = conversation.link.recentErrorOutput
        if deservesHandshake(conversation, failure) {
            current = nil
            return connect()
        }
        noteLastWords(of: conversation, failure)
        // First, so that whoever hears of the end from a call of his own finds it noted.
        listener?.upstreamWasLost(self, failure)
        conversation.failCalls(failure)
        current = nil
        if isClosed { return }
        let readyFor = conversation.readySince.map { Duration.nanoseconds((eventLoop.now - $0).nanoseconds) }
        // What was never sent waits for the next start, unless that is far off.
        var mayGoBetter = failure.endsWithCredentials && hasMissedCredentials
        if failure.endsWithCredentials { wasHeard() }
        // Whoever hears of that may come back at once, and must not wait for an attempt that is not made.
        state = .waiting(failure)
        if readyFor == nil, failure.code == .callerRefused, failWaiting(failure, bringing: conversation.brought) {
            mayGoBetter = true
        }
        guard case .waiting = state else { return }
        if readyFor == nil, !mayGoBetter { failWaiting(failure) }
        guard case .waiting = state else { return }
        if mayGoBetter {
            attempt()
        } else if !failure.isLasting {
            retryLater(failure, readyFor: readyFor)
        }
    }

    /// A conversation has ended that was not, or is not any more, the one in use.
    private func conversationLeft(_ conversation: Conversation, _ failure: UpstreamFailure) {
        conversation.failCalls(failure)
        if conversation === current { current = nil }
        draining.removeAll { $0 === conversation }
        _ = successorEnded(conversation, failure)
    }

    private var isClosed: Bool { if case .closed = state { true } else { false } }
}
