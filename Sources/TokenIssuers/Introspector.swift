import AccessTokens
import Crypto
import MCPCore
import NIOCore
import Synchronization

/// Asks an issuer what opaque tokens stand for: once for all who come with the same token.
///
/// What it has said is remembered, a no for a moment, so that a client that tries again and again costs the issuer nothing.
final class Introspector: Sendable {
    /// For how long an answer counts (RFC 7662, 4: a token that was revoked stays valid for that long).
    static let rememberedSeconds = 60
    static let refusalKeptFor = TimeAmount.seconds(10)
    static let maximumRemembered = 10_000
    /// How many tokens the issuer is asked for at a time, and how many requests wait for that.
    static let maximumAsked = 100
    static let maximumWaiting = 1_000
    /// The same again for tokens that have counted before, so that strangers cannot take their places.
    static let maximumKnown = 10_000

    /// A token's name here. Its bytes are kept nowhere.
    private typealias Name = SHA256Digest

    private struct Waiter: Sendable {
        let then: @Sendable (TokenOutcome) -> Void
    }

    private struct Answer {
        let outcome: TokenOutcome
        let end: NIODeadline
    }

    private struct State {
        var asked: [Name: [Waiter]] = [:]
        var waiting = 0
        var answers: [Name: Answer] = [:]
        /// Tokens that have counted, the last time.
        var hasCounted: Set<Name> = []
    }

    private enum Step {
        case answer(TokenOutcome)
        case wait
        case ask
    }

    private let rules: IssuerRules
    private let source: any IssuerSource
    private let clock: IssuerClock
    private let report: IssuerReport
    private let state = Mutex(State())

    init(_ rules: IssuerRules, _ source: any IssuerSource, _ clock: IssuerClock, _ report: IssuerReport) {
        self.rules = rules
        self.source = source
        self.clock = clock
        self.report = report
    }

    /// Asks for a token.
    ///
    /// - Returns: What has become of it; nil where the issuer is asked, and it is told then.
    func judge(_ token: [UInt8], _ then: @escaping @Sendable (TokenOutcome) -> Void) -> TokenOutcome? {
        let name = SHA256.hash(data: token)
        let now = clock.uptime()
        let waiter = Waiter(then: then)
        switch state.withLock({ enter(waiter, name, now, &$0) }) {
        case .answer(let outcome): return outcome
        case .wait: return nil
        case .ask:
            source.introspect(token) { [self] result in finish(name, result) }
            return nil
        }
    }

    private func enter(_ waiter: Waiter, _ name: Name, _ now: NIODeadline, _ state: inout State) -> Step {
        if let answer = state.answers[name] {
            if now < answer.end { return .answer(answer.outcome) }
            state.answers[name] = nil
        }
        let share = state.hasCounted.contains(name) ? 2 : 1
        guard state.waiting < share * Self.maximumWaiting else { return .answer(.unavailable) }
        if state.asked[name] != nil {
            state.asked[name]?.append(waiter)
            state.waiting += 1
            return .wait
        }
        guard state.asked.count < share * Self.maximumAsked else { return .answer(.unavailable) }
        state.asked[name] = [waiter]
        state.waiting += 1
        return .ask
    }

    private func finish(_ name: Name, _ result: Result<TokenClaims, IssuerFailure>) {
        report.note(introspection: result)
        let outcome = outcome(of: result)
        let now = clock.uptime()
        let waiting = state.withLock { state in
            let waiting = state.asked.removeValue(forKey: name) ?? []
            state.waiting -= waiting.count
            note(outcome, of: name, &state)
            if let end = end(of: outcome, now) { remember(Answer(outcome: outcome, end: end), name, now, &state) }
            return waiting
        }
        for waiter in waiting { waiter.then(outcome) }
    }

    private func outcome(of result: Result<TokenClaims, IssuerFailure>) -> TokenOutcome {
        guard case .success(let claims) = result else { return .unavailable }
        do throws(TokenFault) {
            return .verified(
                try rules.check(introspected: claims, rememberedFor: Self.rememberedSeconds, now: clock.wall()))
        } catch {
            if error == .audience, claims.all["aud"] == nil { report.noteMissingAudience() }
            return .refused(error)
        }
    }

    /// Until when an answer counts; nil for what is none.
    private func end(of outcome: TokenOutcome, _ now: NIODeadline) -> NIODeadline? {
        switch outcome {
        case .verified(let token):
            now + .milliseconds(max(0, token.expiry.milliseconds - clock.wall().milliseconds))
        case .refused: now + Self.refusalKeptFor
        case .unavailable: nil
        }
    }

    private func note(_ outcome: TokenOutcome, of name: Name, _ state: inout State) {
        switch outcome {
        case .verified:
            if state.hasCounted.count >= Self.maximumKnown { state.hasCounted = [] }
            state.hasCounted.insert(name)
        case .refused: state.hasCounted.remove(name)
        case .unavailable: break
        }
    }

    /// Where there is no room all are forgotten that have ended, and if that makes none, all.
    private func remember(_ answer: Answer, _ name: Name, _ now: NIODeadline, _ state: inout State) {
        if state.answers.count >= Self.maximumRemembered {
            state.answers = state.answers.filter { now < $0.value.end }
            if state.answers.count >= Self.maximumRemembered { state.answers = [:] }
        }
        state.answers[name] = answer
    }
}
