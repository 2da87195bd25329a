import MCPCore
import NIOCore

/// Finds out what a server is, before anything else is asked of it: by `server/discover`, by `initialize`, or by both,
/// when the server takes its time with the first.
///
/// Confined to the link's event loop. Used once.
final class Introducer {
    typealias Outcome = Result<Introduction, UpstreamFailure>

    private let declaration: ClientDeclaration
    private let era: EraChoice
    private let memory: EraMemory
    private let probeTimeout: Duration
    private let makeID: () -> Int64

    private weak var link: (any UpstreamLink)?
    private var brought: BroughtFields?
    private var completion: ((Outcome) -> Void)?
    private var timer: Scheduled<Void>?
    /// The questions that are open.
    private var probeID: Int64?
    private var handshakeID: Int64?
    /// Why the server refused `initialize` while it had not answered the other question.
    private(set) var refusal: UpstreamFailure?
    /// Whether the server was asked `server/discover` first, because it is not known what it speaks.
    private(set) var hasProbed = false
    /// Why the server would not even look at the first question.
    private var unheard: UpstreamFailure?
    private var probesLeft = 2
    private var repeatsLeft = 1
    /// The revision that is offered in the handshake. Only one other than the latest is ever tried.
    private var offered = ProtocolVersion.latestLegacy
    /// Hears what is sent; nil where nobody wants to.
    var onSend: ((ByteBuffer) -> Void)?

    init(
        _ declaration: ClientDeclaration,
        era: EraChoice,
        memory: EraMemory,
        probeTimeout: Duration,
        makeID: @escaping () -> Int64
    ) {
        self.declaration = declaration
        self.era = era
        self.memory = memory
        self.probeTimeout = probeTimeout
        self.makeID = makeID
    }

    /// Asks.
    ///
    /// - Parameters:
    ///   - brought: What goes with all questions, whatever the link is told meanwhile.
    ///   - completion: Is called once, unless this is stopped before.
    func start(
        on link: any UpstreamLink, bringing brought: BroughtFields? = nil, completion: @escaping (Outcome) -> Void
    ) {
        self.link = link
        self.brought = brought
        self.completion = completion
        switch era {
        case .always(.legacy): shakeHands()
        case .always(.modern): probe()
        case .detected:
            guard link.mayBeStateless, memory.era != .legacy else { return shakeHands() }
            probe()
            // A server that is only slow to start gets both questions and answers both, in that order.
            let wait = TimeAmount.milliseconds(probeTimeout.milliseconds)
            timer = link.eventLoop.assumeIsolated().scheduleTask(in: wait) { [weak self] in self?.shakeHands() }
        }
    }

    /// Asks the server anew next time, because what was found may not hold any more.
    func doubt() {
        if case .detected = era { memory.forget() }
    }

    /// Tells whether the server was found to be of another era since.
    func knows(otherThan era: Era) -> Bool {
        memory.era.map { $0 != era } ?? false
    }

    func stop() {
        timer?.cancel()
        completion = nil
    }

    private func finish(_ outcome: Outcome) {
        let completion = self.completion
        stop()
        if case .success(let introduction) = outcome { memory.remember(introduction.era) }
        completion?(outcome)
    }

    // MARK: Questions

    private func probe() {
        let id = makeID()
        // Our own text is a message by construction.
        guard let link,
            let probe = try? Message(
                OwnMessages.request(id: id, method: .serverDiscover, params: declaration.metadata.params)
            )
        else { return }
        probeID = id
        probesLeft -= 1
        if case .detected = era { hasProbed = true }
        onSend?(probe.bytes)
        let mirrored = MirroredFields(OutgoingRequest(probe), version: .latestModern)
        link.send(
            probe.bytes, as: .request(id: id), mirrored: link.mirrorsFields ? mirrored : nil, bringing: brought)
    }

    private func shakeHands() {
        guard completion != nil, handshakeID == nil else { return }
        timer?.cancel()
        let id = makeID()
        handshakeID = id
        let params = declaration.params(offering: offered)
        let request = OwnMessages.request(id: id, method: .initialize, params: params)
        onSend?(request)
        link?.send(request, as: .request(id: id), mirrored: nil, bringing: brought)
    }

    private func shakeHandsAgain() {
        handshakeID = nil
        shakeHands()
    }

    /// The method of a question that is open.
    func method(of id: Int64?) -> String? {
        guard let id else { return nil }
        if id == probeID { return Method.serverDiscover.rawValue }
        return id == handshakeID ? Method.initialize.rawValue : nil
    }

    // MARK: Answers

    /// - Parameter id: nil for an error that names no request: it can only mean the question that is open.
    func answered(_ answer: Message, to id: Int64?) {
        if let id, id == probeID {
            probeAnswered(EraVerdict(answer))
        } else if let id, id == handshakeID {
            handshakeAnswered(answer)
        } else if id == nil {
            if probeID != nil { probeAnswered(EraVerdict(answer)) } else { handshakeAnswered(answer) }
        }
    }

    private func probeAnswered(_ verdict: EraVerdict) {
        probeID = nil
        switch (verdict, era) {
        case (.modern(let introduction), _): finish(.success(introduction))
        case (.askAgain(let failure), _):
            if probesLeft > 0 { probe() } else { finish(.failure(failure)) }
        case (.refused(let failure), _): finish(.failure(failure))
        case (.legacy, .always):
            let words = "it does not answer server/discover as a stateless server does (\"protocol\": \"modern\")"
            finish(.failure(UpstreamFailure(.handshakeRefused, words)))
        case (.legacy, .detected):
            if let refusal { finish(.failure(refusal)) } else { shakeHands() }
        }
    }

    private func handshakeAnswered(_ answer: Message) {
        do {
            finish(.success(try Introduction(handshake: answer)))
        } catch {
            if let other = Introduction.otherRevision(named: answer, than: offered), offered == .latestLegacy {
                offered = other
                return shakeHandsAgain()
            }
            handshakeRefused(error)
        }
    }

    private func handshakeRefused(_ failure: UpstreamFailure) {
        doubt()
        // While the first question is open, it may be a stateless server that has not come to it yet.
        guard probeID != nil else { return finish(.failure(failure)) }
        refusal = failure
    }

    /// A question gets no answer.
    func failed(_ failure: UpstreamFailure, of id: Int64) {
        if id == handshakeID { return handshakeFailed(failure) }
        guard id == probeID else { return }
        switch failure.code {
        // What is no answer of the protocol is no evidence of a stateless server.
        case .notStateless, .unexpectedHTTPAnswer, .unreadable, .connectionLost: probeAnswered(.legacy)
        // Whoever guards the server may let pass only what it knows.
        case .unauthorized where hasProbed, .callerRefused where hasProbed:
            unheard = failure
            probeAnswered(.legacy)
        default: finish(.failure(failure))
        }
    }

    private func handshakeFailed(_ failure: UpstreamFailure) {
        switch failure.code {
        case .onlyStateless:
            if let unheard { return finish(.failure(unheard)) }
            handshakeRefused(UpstreamFailure(.handshakeRefused, failure.detail))
        // A server that closes its connections without saying so may have closed this one before it read anything; to
        // be asked twice who it is does no server harm.
        case .connectionLost where repeatsLeft > 0:
            repeatsLeft -= 1
            shakeHandsAgain()
        // A server that has no handshake any more may say so without a word of JSON.
        case .unexpectedHTTPAnswer, .notStateless:
            doubt()
            finish(.failure(failure))
        default: finish(.failure(failure))
        }
    }
}
