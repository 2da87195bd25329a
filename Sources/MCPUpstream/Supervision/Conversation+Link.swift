import MCPCore
import Metrics
import NIOCore

// MARK: - What the link reports

extension Conversation: UpstreamLinkReceiver {
    func linkOpened() {
        guard case .opening = state else { return }
        state = .introducing
        if tap != nil {
            introducer.onSend = { [weak self] in if let self, isRecorded { record(sent: $0) } }
        }
        introducer.start(on: link, bringing: brought) { [weak self] outcome in
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
        junk = JunkCounter()
        state = .ready
        readySince = link.eventLoop.now
        switch introduction.era {
        case .legacy:
            link.handshakeCompleted(introduction.version)
            if isRecorded { record(sent: OwnMessages.notification(.initialized)) }
            link.send(OwnMessages.notification(.initialized), as: .notification, mirrored: nil, bringing: brought)
        case .modern: link.statelessServerFound()
        }
        owner.conversationBecameReady(self, introduction)
    }

    func linkReceived(_ bytes: ByteBuffer, relatedTo related: Int64?) {
        guard !isEnded else { return }
        wire.bytes.read.add(bytes.readableBytes)
        if Batch.isBatch(bytes) {
            do {
                let parts = try Batch.split(
                    bytes,
                    maximumCount: 10_000,
                    maximumDepth: limits.maximumDepth,
                    duplicateKeys: .accepted
                )
                for part in parts {
                    if isRecorded { record(received: part, relatedTo: related) }
                    receive(part, relatedTo: related)
                }
            } catch {
                receivedJunk(bytes, error.reason, relatedTo: related)
            }
            return
        }
        if isRecorded { record(received: bytes, relatedTo: related) }
        receive(bytes, relatedTo: related)
    }

    func receive(_ bytes: ByteBuffer, relatedTo related: Int64?) {
        if let repeated = lists.repeated(in: bytes) { return receive(repeated, relatedTo: related) }
        do {
            let message = try Message(bytes, maximumDepth: limits.maximumDepth, duplicateKeys: .accepted)
            receive(message, relatedTo: related)
        } catch {
            receivedJunk(bytes, error.reason, relatedTo: related)
        }
    }

    private func receive(_ message: Message, relatedTo related: Int64?) {
        switch message.kind {
        case .result, .error: receivedAnswer(message, relatedTo: related)
        case .request: receivedRequest(message, relatedTo: related)
        case .notification: receivedNotification(message, relatedTo: related)
        }
    }

    private func receivedAnswer(_ answer: Message, relatedTo related: Int64?) {
        let named = answer.envelope.id.flatMap { answer.bytes.integer(in: $0) }
        if answer.kind == .error, let related, named != related, named.map({ calls[$0] == nil }) ?? true {
            // What comes in answer to an HTTP request belongs to it, whatever it names.
            let object = answer.view(answer.envelope.error)?.bytes ?? ByteBuffer(string: "{}")
            // It was accepted before, within a message; with our own text around it, it is one again.
            guard
                let own = try? Message(
                    OwnMessages.error(id: .integer(related), object: object),
                    maximumDepth: limits.maximumDepth,
                    duplicateKeys: .accepted)
            else { return }
            return receivedAnswer(own, relatedTo: nil)
        }
        guard let id = named else {
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
        if isRefusedForSession(answer, id) { return }
        // An identifier that is not in flight was answered, cancelled or invented before: nobody must get it.
        guard let call = withdraw(id) else { return wire.orphanAnswers.add() }
        if call.method == .toolsList { lists.note(answer) }
        if !hasServed { hasServed = call.receiver.isForClient }
        circuit.succeeded()
        owner.conversation(self, answers: call, with: answer)
    }

    private func receivedRequest(_ request: Message, relatedTo related: Int64?) {
        guard let id = request.id else { return }
        if request.method == .ping, introduction?.era != .modern {
            if isRecorded { record(sent: OwnMessages.emptyResult(id: id)) }
            link.send(OwnMessages.emptyResult(id: id), as: .response)
            return
        }
        if introduction?.era != .legacy {
            // A stateless server must not ask, and nothing may be answered to it (2026-07-28, stdio).
            link.noteJunk(request.bytes)
            return
        }
        guard mayAsk else { return refuse(request, id) }
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
                return fail(id, UpstreamFailure(.connectionLost, "it ended the subscription"))
            }
            close(question: RequestID(notification.bytes, range))
        }
        let subscription = notification.envelope.metadata.subscriptionID.flatMap {
            notification.bytes.integer(in: $0.value)
        }
        owner.conversation(self, notifies: notification, during: subscription ?? related)
    }

    func linkFailed(_ id: Int64, _ failure: UpstreamFailure) {
        guard !isEnded else { return }
        if isRecorded { record(failure, of: id) }
        if case .introducing = state {
            introducer.failed(failure, of: id)
            return
        }
        // What stays open for as long as somebody wants may end when the server likes.
        if calls[id]?.isOpenEnded == false { circuit.callFailed(failure, now: link.eventLoop.now) }
        fail(id, failure)
        switch failure.code {
        // Nothing else will get through either: a new connection tells when the server is back.
        case .notReachable where failure.evidence != .nothing: owner.conversation(self, lostSessionWith: nil)
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

    func linkAnswerEnded(_ id: Int64) {
        guard !isEnded, awaited(id) != nil else { return }
        linkFailed(id, .brokenAnswer("it names another request, or none"))
    }

    func linkEnding() {
        if case .ready = state { state = .ending }
    }

    func linkClosed(_ failure: UpstreamFailure) {
        if isRecorded, !isEnded { record(failure, of: nil) }
        end(failure)
    }
}
