import MCPUpstream
import Synchronization

/// Says of requests what a test wants, at once or when the test has seen what it is asked.
final class ScriptedAuthority: RequestAuthority {
    /// A request that waits for what it is to show.
    struct Wait: Sendable {
        let answer: @Sendable (RequestPermit) -> Void
    }

    /// A refusal that waits to be judged.
    struct Question: Sendable {
        let refusal: RequestRefusal
        let answer: @Sendable (RequestVerdict) -> Void
    }

    let waits = AwaitedLog<Wait>()
    let questions = AwaitedLog<Question>()
    private let permit: Mutex<RequestPermit?>
    private let verdict: RequestVerdict?
    private let asked = Mutex(0)

    /// - Parameters:
    ///   - permit: What every request is told at once; nil for none, which then waits.
    ///   - verdict: What every refusal is told at once; nil for none, which then waits.
    init(_ permit: RequestPermit? = nil, verdict: RequestVerdict? = nil) {
        self.permit = Mutex(permit)
        self.verdict = verdict
    }

    static func credential(_ edition: Int) -> RequestCredential? {
        RequestCredential(token: "token-\(edition)", edition: edition)
    }

    /// What requests are told from now on.
    func say(_ permit: RequestPermit?) { self.permit.withLock { $0 = permit } }

    /// How often somebody has asked what to show.
    var count: Int { asked.withLock { $0 } }

    func credential(or later: () -> @Sendable (RequestPermit) -> Void) -> RequestPermit? {
        asked.withLock { $0 += 1 }
        if let permit = permit.withLock({ $0 }) { return permit }
        waits.add(Wait(answer: later()))
        return nil
    }

    var shown: RequestCredential? {
        if case .send(let credential) = permit.withLock({ $0 }) { credential } else { nil }
    }

    func judge(_ refusal: RequestRefusal, _ then: @escaping @Sendable (RequestVerdict) -> Void) {
        questions.add(Question(refusal: refusal, answer: then))
        if let verdict { then(verdict) }
    }
}
