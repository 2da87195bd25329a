import MCPCore
import Metrics
import NIOCore
import Recordings

/// Steps 7 and 10 of 17 of a call: after ``Upstream``, before ``StdioLink``; then the other way round.
///
/// Holds what goes on with one server over one link: introduction, correlation of answers, calls in flight.
///
/// It lives as long as its link and is never reused; `generation` tells it from those before and after it.
final class Conversation {
    enum State {
        /// Followed by `introducing`.
        case opening
        /// Followed by `ready`.
        case introducing
        /// Followed by `ending`.
        case ready
        /// What was sent may still be answered, but nothing more can be sent.
        case ending
        /// Final; may follow any other.
        case ended
    }

    let generation: Int
    let link: any UpstreamLink
    var introduction: Introduction?
    var readySince: NIODeadline?
    var calls: [Int64: CallInFlight] = [:]

    unowned let owner: any ConversationOwner
    let introducer: Introducer
    var limits: UpstreamLimits
    let circuit: CircuitBreaker
    let wire: WireMeter
    /// Where what passes is told, while somebody records it.
    let tap: RecordingTap?
    /// By which recordings tell it from others, of other connections too.
    let connectionNumber = RecordingTap.nextConnection()
    let lists: ListMemory
    var state = State.opening
    /// With what it has begun, and the whole handshake goes.
    private(set) var brought: BroughtFields?
    var startTimer: Scheduled<Void>?
    /// How long the start may take, whatever the limits are meanwhile.
    private let startTimeout: Duration
    /// Whether what is started has never been ready before.
    private let mayStartSlowly: Bool
    /// How often `startTimeout` has begun.
    private var startWaits = 0
    /// How often and how long it may, while a start shows signs of life.
    private static let maximumStartWaits = 10
    private static let maximumPatience = Duration.seconds(600)
    private var sweepTimer: Scheduled<Void>?
    private var openEndedCount = 0
    var junk = JunkCounter()
    /// The questions of the server to its client that are open. A person may be thinking, so that silence means
    /// nothing meanwhile; over stdio it cannot be told for which call.
    var openQuestions: Set<RequestID> = []
    /// Whether a client's request was answered.
    var hasServed = false
    /// Whether the server has said that it does not know the session.
    var isForgotten = false

    init(
        generation: Int,
        link: any UpstreamLink,
        introducer: Introducer,
        limits: UpstreamLimits,
        circuit: CircuitBreaker,
        mayStartSlowly: Bool,
        lists: ListMemory = ListMemory(),
        wire: WireMeter = WireMeter(),
        tap: RecordingTap? = nil,
        owner: any ConversationOwner
    ) {
        self.generation = generation
        self.link = link
        self.introducer = introducer
        self.limits = limits
        self.startTimeout = limits.startTimeout
        self.circuit = circuit
        self.mayStartSlowly = mayStartSlowly
        self.lists = lists
        self.wire = wire
        self.tap = tap
        self.owner = owner
    }

    /// Whether calls can be sent.
    var isReady: Bool {
        if case .ready = state { true } else { false }
    }

    /// Whether the server ended before it had said what it speaks, and its first message was not `initialize`.
    var endedAfterProbe: Bool { isEnded && introduction == nil && introducer.hasProbed }

    var isEnded: Bool {
        if case .ended = state { true } else { false }
    }

    /// - Parameter brought: What the one has sent for whom it is opened; nil for what its link has.
    func open(for brought: BroughtFields? = nil) {
        if let brought { link.pass(brought) }
        self.brought = link.brought
        waitForStart()
        link.open(self)
    }

    private func waitForStart() {
        let signs = link.signsOfLife
        startWaits += 1
        startTimer = link.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(startTimeout.milliseconds)) {
            [weak self] in
            guard let self else { return }
            // A program that is downloaded first, or loads much, tells of it on standard error.
            if mayStartSlowly, link.signsOfLife > signs, mayWaitOn { return waitForStart() }
            introducer.doubt()
            end(introducer.refusal ?? silenceAtStart)
        }
    }

    /// Whether it took longer than `startTimeout`.
    var hasStartedSlowly: Bool { startWaits > 1 }

    private var mayWaitOn: Bool {
        startWaits < Self.maximumStartWaits && startTimeout * (startWaits + 1) <= Self.maximumPatience
    }

    private var silenceAtStart: UpstreamFailure {
        .late("it did not complete the handshake", startTimeout * startWaits, "startTimeout")
    }

    // MARK: Calls

    /// Sends a request under an identifier of ours, which also serves as its progress token.
    func send(_ receiver: any ExchangeReceiver, id: Int64, mayBeRepeated: Bool) {
        guard !isEnded else {
            receiver.exchangeFailed(UpstreamFailure(.connectionLost, "the connection has ended", nothingSent: true))
            return
        }
        guard let introduction, let outgoing = receiver.request(for: introduction) else {
            receiver.exchangeFailed(
                UpstreamFailure(.eraChanged, "it speaks another era than before", nothingSent: true)
            )
            // Another connection may have learnt what the server is by now.
            if isReady, let era = introduction?.era, introducer.knows(otherThan: era) {
                owner.conversation(self, lostSessionWith: nil)
            }
            return
        }
        let request = outgoing.message
        var edits = outgoing.edits
        if let range = request.envelope.id { edits.append(Edit(range, .integer(id))) }
        if let range = request.envelope.progressToken { edits.append(Edit(range, .integer(id))) }
        let now = link.eventLoop.now
        calls[id] = CallInFlight(
            receiver: receiver,
            method: request.method,
            started: now,
            lastSign: now,
            mayBeRepeated: mayBeRepeated,
            isOpenEnded: outgoing.isOpenEnded,
            brought: outgoing.brought
        )
        if outgoing.isOpenEnded { openEndedCount += 1 } else { scheduleSweep() }
        let mirrors = introduction.era == .modern && link.mirrorsFields
        let line = request.spliced(edits)
        wire.bytes.written.add(line.readableBytes)
        if isRecorded { record(sent: line, for: receiver) }
        link.send(
            line,
            as: .request(id: id),
            mirrored: mirrors ? MirroredFields(outgoing, version: introduction.version) : nil,
            bringing: outgoing.brought,
            within: outgoing.trace
        )
    }

    func notify(_ message: ByteBuffer) {
        wire.bytes.written.add(message.readableBytes)
        if isRecorded { record(sent: message) }
        link.send(message, as: .notification)
    }

    /// Sends the answer to a question.
    func answer(_ id: RequestID, _ message: ByteBuffer) {
        close(question: id)
        wire.bytes.written.add(message.readableBytes)
        if isRecorded { record(sent: message) }
        link.send(message, as: .response)
    }

    /// Whether what the server is was found out a while ago, so that to ask again may tell something new.
    var hasSettled: Bool {
        readySince.map { link.eventLoop.now - $0 > .seconds(5) } ?? false
    }

    func close(question id: RequestID) {
        guard openQuestions.remove(id) != nil else { return }
        for id in calls.keys { calls[id]?.lastSign = link.eventLoop.now }
    }

    /// Gives up a call: the server is told, and a late answer is dropped.
    func cancel(_ id: Int64, reason: String) {
        guard let call = remove(id) else { return }
        // Over HTTP a stateless request is cancelled by closing its stream (2026-07-28, Cancellation).
        if introduction?.era == .legacy || !link.mirrorsFields {
            let notice = OwnMessages.cancelled(id: .integer(id), reason: reason)
            if isRecorded { record(sent: notice, for: call.receiver) }
            link.send(notice, as: .notification, mirrored: nil, bringing: call.brought)
        }
        link.abandon(id)
        owner.conversationHasRoom(self)
    }

    /// Takes out a call that is over here, without telling anybody.
    func withdraw(_ id: Int64) -> CallInFlight? {
        remove(id)
    }

    /// How many calls count towards the bound: those that are expected to end.
    var boundedCallCount: Int { calls.count - openEndedCount }

    private func remove(_ id: Int64) -> CallInFlight? {
        guard let call = calls.removeValue(forKey: id) else { return nil }
        if call.isOpenEnded { openEndedCount -= 1 }
        // A question that outlives every call would keep later ones from timing out.
        if calls.isEmpty { openQuestions = [] }
        return call
    }

    /// Ends a call that gets no answer.
    func fail(_ id: Int64, _ failure: UpstreamFailure) {
        guard let call = remove(id) else { return }
        call.receiver.exchangeFailed(failure)
        owner.conversationHasRoom(self)
    }

    // MARK: Time

    private func scheduleSweep() {
        guard sweepTimer == nil else { return }
        sweepTimer = link.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(500)) { [weak self] in
            self?.sweep()
        }
    }

    /// Ends the calls whose time is over. One timer for all of them, because most calls end in milliseconds.
    private func sweep() {
        sweepTimer = nil
        let now = link.eventLoop.now
        for (id, call) in calls where calls[id] != nil && !call.isOpenEnded {
            let quiet = openQuestions.isEmpty && now - call.lastSign > .milliseconds(limits.callTimeout.milliseconds)
            let tooLong = now - call.started > .milliseconds(limits.maximumCallTime.milliseconds)
            guard quiet || tooLong else { continue }
            let (limit, key) = quiet ? (limits.callTimeout, "callTimeout") : (limits.maximumCallTime, "maxCallTime")
            cancel(id, reason: "timed out")
            call.receiver.exchangeFailed(.late("it did not answer", limit, key))
        }
        if boundedCallCount > 0 { scheduleSweep() }
    }

    // MARK: The end

    /// Ends the link on purpose.
    func close() {
        end(UpstreamFailure(.closed, "the connection was closed"))
    }

    func end(_ failure: UpstreamFailure) {
        guard !isEnded else { return }
        state = .ended
        startTimer?.cancel()
        introducer.stop()
        sweepTimer?.cancel()
        link.close()
        owner.conversationEnded(self, failure.reworded(hidingCredentials))
    }

    /// Returns words of the server's without what it may have been sent of its client's.
    private func hidingCredentials(in words: String) -> String {
        link.hidingCredentials(in: brought?.hidingValues(in: words) ?? words)
    }

    /// Tells those who wait for answers that there will be none: one by one, because whoever hears of the first may
    /// cancel the next.
    func failCalls(_ failure: UpstreamFailure) {
        for id in calls.keys.sorted() { remove(id)?.receiver.exchangeFailed(failure) }
    }
}
