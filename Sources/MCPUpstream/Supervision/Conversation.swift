import MCPCore
import NIOCore

/// What goes on with one server over one link: introduction, correlation of answers, calls in flight.
///
/// It lives as long as its link and is never reused; `generation` tells it from those before and after it.
final class Conversation {
    private enum State {
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
    private(set) var introduction: Introduction?
    private(set) var readySince: NIODeadline?
    private(set) var calls: [Int64: CallInFlight] = [:]

    private unowned let owner: any ConversationOwner
    private let introducer: Introducer
    private let limits: UpstreamLimits
    private let circuit: CircuitBreaker
    private var state = State.opening
    private var startTimer: Scheduled<Void>?
    private var sweepTimer: Scheduled<Void>?
    private var openEndedCount = 0
    private var junk = JunkCounter()
    /// The questions of the server to its client that are open. A person may be thinking, so that silence means
    /// nothing meanwhile; over stdio it cannot be told for which call.
    private var openQuestions: Set<RequestID> = []

    init(
        generation: Int,
        link: any UpstreamLink,
        introducer: Introducer,
        limits: UpstreamLimits,
        circuit: CircuitBreaker,
        owner: any ConversationOwner
    ) {
        self.generation = generation
        self.link = link
        self.introducer = introducer
        self.limits = limits
        self.circuit = circuit
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

    func open() {
        startTimer = link.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(limits.startTimeout.milliseconds)) {
            [weak self] in
            guard let self else { return }
            let seconds = limits.startTimeout.components.seconds
            let silence = UpstreamFailure(.timedOut, "it did not complete the handshake within \(seconds) seconds")
            introducer.doubt()
            end(introducer.refusal ?? silence)
        }
        link.open(self)
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
            isOpenEnded: outgoing.isOpenEnded
        )
        if outgoing.isOpenEnded { openEndedCount += 1 } else { scheduleSweep() }
        let hasHead = introduction.era == .modern && link.hasRequestHeads
        link.send(
            request.spliced(edits),
            as: .request(id: id),
            head: hasHead ? RequestHead(outgoing, version: introduction.version) : nil
        )
    }

    func notify(_ message: ByteBuffer) {
        link.send(message, as: .notification)
    }

    /// Sends the answer to a question.
    func answer(_ id: RequestID, _ message: ByteBuffer) {
        close(question: id)
        link.send(message, as: .response)
    }

    /// Whether what the server is was found out a while ago, so that to ask again may tell something new.
    private var hasSettled: Bool {
        readySince.map { link.eventLoop.now - $0 > .seconds(5) } ?? false
    }

    var hasOpenQuestions: Bool { !openQuestions.isEmpty }

    private func close(question id: RequestID) {
        guard openQuestions.remove(id) != nil else { return }
        for id in calls.keys { calls[id]?.lastSign = link.eventLoop.now }
    }

    /// Gives up a call: the server is told, and a late answer is dropped.
    func cancel(_ id: Int64, reason: String) {
        guard remove(id) != nil else { return }
        // Over HTTP a stateless request is cancelled by closing its stream (2026-07-28, Cancellation).
        if introduction?.era == .legacy || !link.hasRequestHeads {
            link.send(OwnMessages.cancelled(id: .integer(id), reason: reason), as: .notification)
        }
        link.abandon(id)
        owner.conversationHasRoom(self)
    }

    /// Takes a call back without telling anybody, to send it elsewhere.
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

    private func finish(_ id: Int64, _ body: (CallInFlight) -> Void) {
        guard let call = remove(id) else { return }
        body(call)
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
            let limit = quiet ? limits.callTimeout : limits.maximumCallTime
            cancel(id, reason: "timed out")
            call.receiver.exchangeFailed(
                UpstreamFailure(.timedOut, "it did not answer within \(limit.milliseconds) ms")
            )
        }
        if boundedCallCount > 0 { scheduleSweep() }
    }

    // MARK: The end

    /// Ends the link on purpose.
    func close() {
        end(UpstreamFailure(.closed, "the connection was closed"))
    }

    private func end(_ failure: UpstreamFailure) {
        guard !isEnded else { return }
        state = .ended
        startTimer?.cancel()
        introducer.stop()
        sweepTimer?.cancel()
        link.close()
        // One by one, because whoever hears of the first may cancel the next.
        for id in calls.keys.sorted() { remove(id)?.receiver.exchangeFailed(failure) }
        owner.conversationEnded(self, failure)
    }
}

// MARK: - What the link reports

extension Conversation: UpstreamLinkReceiver {
    func linkOpened() {
        guard case .opening = state else { return }
        state = .introducing
        introducer.start(on: link) { [weak self] outcome in
            guard let self else { return }
            switch outcome {
            case .success(let introduction): becomeReady(introduction)
            case .failure(let failure): end(failure)
            }
        }
    }

    private func becomeReady(_ introduction: Introduction) {
        guard case .introducing = state else { return }
        startTimer?.cancel()
        self.introduction = introduction
        state = .ready
        readySince = link.eventLoop.now
        switch introduction.era {
        case .legacy:
            link.handshakeCompleted(introduction.version)
            link.send(OwnMessages.notification(.initialized), as: .notification)
        case .modern: link.statelessServerFound()
        }
        owner.conversationBecameReady(self, introduction)
    }

    func linkReceived(_ bytes: ByteBuffer, relatedTo related: Int64?) {
        guard !isEnded else { return }
        if Batch.isBatch(bytes) {
            do {
                let parts = try Batch.split(
                    bytes,
                    maximumCount: 10_000,
                    maximumDepth: limits.maximumDepth,
                    duplicateKeys: .accepted
                )
                for part in parts {
                    receive(part, relatedTo: related)
                }
            } catch {
                receivedJunk(bytes, error.reason, relatedTo: related)
            }
            return
        }
        receive(bytes, relatedTo: related)
    }

    private func receive(_ bytes: ByteBuffer, relatedTo related: Int64?) {
        let message: Message
        do {
            message = try Message(bytes, maximumDepth: limits.maximumDepth, duplicateKeys: .accepted)
        } catch {
            receivedJunk(bytes, error.reason, relatedTo: related)
            return
        }
        switch message.kind {
        case .result, .error: receivedAnswer(message)
        case .request: receivedRequest(message, relatedTo: related)
        case .notification: receivedNotification(message, relatedTo: related)
        }
    }

    private func receivedAnswer(_ answer: Message) {
        guard let range = answer.envelope.id, let id = answer.bytes.integer(in: range) else {
            // An error without an identifier can only mean the one request that is open now.
            if case .introducing = state, answer.kind == .error { introducer.answered(answer, to: nil) }
            return
        }
        if case .introducing = state {
            introducer.answered(answer, to: id)
            return
        }
        if answer.kind == .error, introduction?.isTakenBack(by: answer) == true, calls[id] != nil,
            owner.conversation(self, wantsHandshakeBefore: id)
        {
            return
        }
        // An identifier that is not in flight was answered, cancelled or invented before: nobody must get it.
        finish(id) {
            circuit.succeeded()
            $0.receiver.exchangeAnswered(answer)
        }
    }

    private func receivedRequest(_ request: Message, relatedTo related: Int64?) {
        guard let id = request.id else { return }
        if request.method == .ping, introduction?.era != .modern {
            link.send(OwnMessages.emptyResult(id: id), as: .response)
            return
        }
        if introduction?.era != .legacy {
            // A stateless server must not ask, and nothing may be answered to it (2026-07-28, stdio).
            link.noteJunk(request.bytes)
            return
        }
        openQuestions.insert(id)
        owner.conversation(
            self,
            asks: ServerRequest(message: request, id: id, generation: generation),
            during: related
        )
    }

    private func receivedNotification(_ notification: Message, relatedTo related: Int64?) {
        if notification.method == .progress {
            guard let range = notification.envelope.progressToken, let id = notification.bytes.integer(in: range),
                let call = calls[id]
            else { return }
            calls[id]?.lastSign = link.eventLoop.now
            call.receiver.exchangeProgressed(notification)
            return
        }
        if notification.method == .cancelled, let range = notification.envelope.requestID {
            if introduction?.era == .modern {
                // The only thing that a stateless server cancels is a subscription.
                guard let id = notification.bytes.integer(in: range), calls[id]?.isOpenEnded == true else { return }
                finish(id) { $0.receiver.exchangeFailed(UpstreamFailure(.connectionLost, "it ended the subscription")) }
                return
            }
            close(question: RequestID(notification.bytes, range))
        }
        let subscription = notification.envelope.metadata.subscriptionID.flatMap {
            notification.bytes.integer(in: $0.value)
        }
        owner.conversation(self, notifies: notification, during: subscription ?? related)
    }

    private func receivedJunk(_ bytes: ByteBuffer, _ reason: String, relatedTo related: Int64?) {
        if let related {
            linkFailed(related, UpstreamFailure(.unreadable, "its answer is not a message: \(reason)"))
            return
        }
        link.noteJunk(bytes)
        if junk.add(limit: limits.maximumJunk, now: link.eventLoop.now) {
            end(UpstreamFailure(.unreadable, "it writes too many lines that are not messages: \(reason)"))
        }
    }

    func linkFailed(_ id: Int64, _ failure: UpstreamFailure) {
        guard !isEnded else { return }
        if case .introducing = state {
            introducer.failed(failure, of: id)
            return
        }
        finish(id) { call in
            // What stays open for as long as somebody wants may end when the server likes.
            if !call.isOpenEnded { circuit.callFailed(failure, now: link.eventLoop.now) }
            call.receiver.exchangeFailed(failure)
        }
        switch failure.code {
        // Nothing else will get through either: a new connection tells when the server is back.
        case .notReachable: owner.conversation(self, lostSessionWith: nil)
        // The server was replaced by one without a handshake. Whether it has looked at the request is not certain.
        case .onlyStateless:
            introducer.doubt()
            owner.conversation(self, lostSessionWith: nil)
        // Perhaps the server was replaced by one with a handshake: it is asked again what it is.
        case .notStateless where introduction?.era == .modern && hasSettled:
            owner.conversation(self, lostSessionWith: nil)
        default: break
        }
    }

    func linkLostSession(_ id: Int64?) {
        guard !isEnded else { return }
        if case .introducing = state {
            end(UpstreamFailure(.handshakeRefused, "it forgot the session during the handshake"))
            return
        }
        owner.conversation(self, lostSessionWith: id)
    }

    func linkEnding() {
        if case .ready = state { state = .ending }
    }

    func linkClosed(_ failure: UpstreamFailure) {
        end(failure)
    }
}
