import AccessTokens
import NIOCore
import Synchronization

/// Checks tokens with the keys of one issuer, which are fetched once for all who wait.
final class IssuerKeys: Sendable {
    /// How many tokens wait for keys.
    static let maximumWaiting = 1_000

    struct Waiter: Sendable {
        let token: SignedToken
        let then: @Sendable (TokenOutcome) -> Void
    }

    private struct State {
        var store = KeyStore()
        var waiting: [Waiter] = []
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

    /// Checks a token.
    ///
    /// - Returns: What has become of it; nil where that takes a while, and is told then.
    func judge(_ token: SignedToken, _ then: @escaping @Sendable (TokenOutcome) -> Void) -> TokenOutcome? {
        let now = clock.uptime()
        let waiter = Waiter(token: token, then: then)
        let (step, edition, keys) = state.withLock { state in
            (enter(waiter, state.store.step(at: now), &state), state.store.edition, state.store.keys(at: now))
        }
        switch step {
        case .wait: return nil
        case .fetch: return fetch()
        case .unavailable: return .unavailable
        case .verifyAndRenew: _ = fetch()
        case .verify: break
        }
        guard let keys else { return .unavailable }
        let outcome = verify(token, keys)
        guard case .refused(.keyUnknown) = outcome else { return outcome }
        return judgeAgain(waiter, edition)
    }

    /// What becomes of a token that none of the keys of an edition has made.
    private func judgeAgain(_ waiter: Waiter, _ edition: Int) -> TokenOutcome? {
        let now = clock.uptime()
        let (step, newer) = state.withLock { state -> (KeyStore.Step, KeySet?) in
            // Others have fetched meanwhile.
            if state.store.edition != edition { return (.verify, state.store.keys(at: now)) }
            return (enter(waiter, state.store.stepForUnknownKey(at: now), &state), nil)
        }
        switch step {
        case .wait: return nil
        case .fetch: return fetch()
        case .unavailable: return .unavailable
        case .verify, .verifyAndRenew: return newer.map { verify(waiter.token, $0) } ?? .refused(.keyUnknown)
        }
    }

    /// Lets a token wait, if it is to and there is room. In the same moment in which that is decided, so that none is
    /// forgotten.
    private func enter(_ waiter: Waiter, _ step: KeyStore.Step, _ state: inout State) -> KeyStore.Step {
        switch step {
        case .wait where state.waiting.count >= Self.maximumWaiting: return .unavailable
        case .wait, .fetch:
            state.waiting.append(waiter)
            return step
        case .verify, .verifyAndRenew, .unavailable: return step
        }
    }

    private func fetch() -> TokenOutcome? {
        source.fetchKeys { [self] result in finish(result) }
        return nil
    }

    private func finish(_ result: Result<KeySet, IssuerFailure>) {
        report.note(result)
        let now = clock.uptime()
        let (waiting, keys, isBehind) = state.withLock { state in
            state.store.finish(result, at: now)
            let waiting = state.waiting
            state.waiting = []
            return (waiting, state.store.keys(at: now), state.store.isBehind)
        }
        for waiter in waiting {
            var outcome = keys.map { verify(waiter.token, $0) } ?? .unavailable
            if case .refused(.keyUnknown) = outcome, isBehind { outcome = .unavailable }
            waiter.then(outcome)
        }
    }

    private func verify(_ token: SignedToken, _ keys: KeySet) -> TokenOutcome {
        do throws(TokenFault) {
            return .verified(try token.verify(by: rules, keys, now: clock.wall()))
        } catch {
            return .refused(error)
        }
    }
}
