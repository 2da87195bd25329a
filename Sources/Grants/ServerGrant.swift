import AccessTokens
import Addresses
import Logging
package import MCPUpstream
import NIOCore
import Synchronization

/// The grant with which one server is called: got by a login or by the proxy itself, shown with every request, renewed
/// before it ends, and once for all who wait.
package final class ServerGrant: RequestAuthority {
    /// How many requests wait for a token.
    static let maximumWaiting = 1_000
    /// For how long it is believed that a server names nobody who could give a token.
    static let unprotectedFor = TimeAmount.seconds(30)

    /// How it went that a token was to be got.
    enum Renewal: Sendable {
        case done
        case failed(UpstreamFailure)
    }

    /// Hears of changes until it returns false.
    package typealias Hearing = @Sendable (_ report: GrantReport, _ byLogin: Bool) -> Bool

    private struct Listener {
        let hear: Hearing
    }

    typealias Waiter = @Sendable (Renewal) -> Void
    /// Takes whether somebody is logged in.
    typealias LoginWaiter = @Sendable (_ isDone: Bool) -> Void

    struct State {
        var grant: GrantState
        var waiting: [Waiter] = []
        /// For which token of the caller's what is held was got.
        var subject: String?
        var searchers: [@Sendable (RequestVerdict) -> Void] = []
        var unprotectedUntil: NIODeadline?
        /// Calls that wait for a login.
        var awaitingLogin: [Int: LoginWaiter] = [:]
        private var lastAwaiting = 0

        init(grant: GrantState) {
            self.grant = grant
        }

        mutating func awaitLogin(_ completion: @escaping LoginWaiter) -> Int {
            lastAwaiting += 1
            awaitingLogin[lastAwaiting] = completion
            return lastAwaiting
        }

        mutating func takeAwaitingLogin() -> [LoginWaiter] {
            defer { awaitingLogin = [:] }
            return Array(awaitingLogin.values)
        }
    }

    private let current: Mutex<GrantSettings>
    /// Rises with every change of the address.
    private let edition = Atomic(0)
    let surroundings: GrantSurroundings
    /// The same with the way on which authorization servers are reached now, which may change while the grant stays.
    private let latest: Mutex<GrantSurroundings>
    let book: GrantBook
    /// Whose it is; nil for everybody's.
    let caller: GrantCaller?
    /// The name under which it is kept.
    let file: String
    let state: Mutex<State>
    /// Held while what is kept and what is used change together.
    let keeping = Mutex(())
    private let listeners = Mutex<[ObjectIdentifier: Listener]>([:])

    init(
        _ settings: GrantSettings, _ surroundings: GrantSurroundings, _ book: GrantBook, of caller: GrantCaller?
    ) {
        self.caller = caller
        current = Mutex(settings)
        self.surroundings = surroundings
        latest = Mutex(surroundings)
        self.book = book
        file = GrantBook.file(of: settings.name, caller?.name)
        let facts = Self.kept(file, on: book.shelf, for: settings, isShared: caller == nil)
        state = Mutex(State(grant: GrantState(isInteractive: settings.isInteractive, facts: facts)))
        giveUpShared()
    }

    /// What was kept and may be shown; nil for nothing.
    private static func kept(
        _ file: String, on shelf: GrantShelf, for settings: GrantSettings, isShared: Bool
    ) -> GrantFacts? {
        // What somebody has once logged in for is not shown where the proxy gets its tokens itself, nor what is everybody's
        // where each caller has his own.
        guard settings.isInteractive, !(isShared && settings.isPersonal) else { return nil }
        let kept = shelf.read(file).flatMap(GrantFacts.init)
        // What was got for another address is not shown at this one.
        return kept.flatMap { ResourceMetadata.covers($0.resource, settings.address) ? $0 : nil }
    }

    /// What the server is called with, and how; the same for each of its callers.
    package var settings: GrantSettings { (caller?.parent ?? self).current.withLock { $0 } }

    /// The address of the server, and how often that has changed; the same for each of its callers.
    var addressed: (address: HTTPURL, edition: Int) {
        let grant = caller?.parent ?? self
        return grant.current.withLock { ($0.address, grant.edition.load(ordering: .relaxed)) }
    }

    /// Asked for each request.
    var addressEdition: Int { (caller?.parent ?? self).edition.load(ordering: .sequentiallyConsistent) }

    /// What links show that are made now.
    package var here: AddressedGrant { AddressedGrant(self) }

    /// Whether the token is got for the one with which a caller has come. Asked for each request, without a copy of all settings.
    private var goesByCallersToken: Bool {
        (caller?.parent ?? self).current.withLock { $0.isPersonal && !$0.isInteractive }
    }

    /// Takes other settings of the server. What is held stays if it may be shown as the server is now.
    func take(_ new: GrantSettings) {
        let old = current.withLock { settings in
            if settings.address != new.address { edition.add(1, ordering: .sequentiallyConsistent) }
            defer { settings = new }
            return settings
        }
        guard old != new else { return }
        for grant in [self] + book.callers(of: self) { grant.settle(from: old, to: new) }
        giveUpShared()
        changed()
    }

    private func settle(from old: GrantSettings, to new: GrantSettings) {
        keeping.withLock { _ in
            let held = state.withLock { $0.grant.facts }
            let mayStay =
                new.holdsOn(after: old) && held.map { ResourceMetadata.covers($0.resource, new.address) } ?? true
            guard !mayStay || old.address != new.address else { return }
            // What was held before the server moved is newer than what is kept of it, which may have been not to be written.
            let former = state.withLock { $0.grant.former?.facts }.flatMap {
                new.holdsOn(after: old) && ResourceMetadata.covers($0.resource, new.address) ? $0 : nil
            }
            let facts =
                (mayStay ? held : nil) ?? former
                ?? Self.kept(file, on: book.shelf, for: new, isShared: caller == nil)
            book.logins.forget(self)
            let hasMoved = new.holdsOn(after: old)
            state.withLock {
                $0.grant.resettled(isInteractive: new.isInteractive, facts: facts, hasMoved: hasMoved)
            }
        }
    }

    /// Where each caller logs in for himself, the login that was everybody's is over.
    private func giveUpShared() {
        guard caller == nil, settings.isPersonal, let kept = book.shelf.read(file).flatMap(GrantFacts.init) else {
            return
        }
        do throws(GrantFailure) {
            try book.remove(file)
        } catch {
            surroundings.logger.error(
                "the login that was everybody's is still kept",
                metadata: ["server": "\(settings.server)", "error": "\(error.words)"])
        }
        let forgotten = ForgottenGrant(facts: kept, of: self)
        // Nobody waits for it; ends by itself.
        Task { await forgotten.revoke() }
    }

    /// Whose it is, by the name under which he calls; nil for everybody's.
    package var callerName: String? { caller?.name }

    /// Whether it is there at the next start.
    var outlivesRun: Bool { caller.map { surroundings.outlivesRun($0.name) } ?? true }
    var isHeld: Bool { state.withLock { $0.grant.facts != nil } }

    /// The grant of one caller; where all share one, that.
    package func grant(of caller: String) -> ServerGrant {
        guard settings.isPersonal, self.caller == nil else { return self }
        return book.grant(settings, surroundings, of: GrantCaller(name: caller, parent: self))
    }

    package func onBehalf(of caller: String) -> any RequestAuthority { grant(of: caller) }

    package var shown: RequestCredential? { state.withLock { $0.grant.credential } }

    /// What links to an address that was the server's show; nil for nothing, and where somebody has logged out since.
    func shown(at address: HTTPURL) -> RequestCredential? {
        state.withLock { state in
            guard let former = state.grant.former, ResourceMetadata.covers(former.facts.resource, address) else {
                return nil
            }
            return former.credential
        }
    }

    var requests: GrantRequests {
        GrantRequests((caller?.parent ?? self).latest.withLock { $0 }, for: settings.address)
    }

    /// Authorization servers are reached like this from now on, for each caller.
    func reach(by surroundings: GrantSurroundings) { latest.withLock { $0 = surroundings } }

    // MARK: How it stands

    package var report: GrantReport {
        if settings.isPersonal, caller == nil, book.isHeldBySomebody(self) {
            return GrantReport(need: nil, isHeld: true, end: nil, account: nil)
        }
        return state.withLock { state in
            let (grant, facts) = (state.grant, state.grant.facts)
            return GrantReport(
                need: grant.need, isHeld: facts != nil, end: grant.canRenew ? nil : facts?.expiry,
                account: facts?.account)
        }
    }

    /// What somebody is asked for who logs in, as far as that is known before.
    package var wantedScopes: [String] {
        let wanted = state.withLock { $0.grant.wantedScopes }
        return settings.scopes + wanted.filter { !settings.scopes.contains($0) }
    }

    /// Calls somebody whenever that has changed, on any thread.
    ///
    /// - Parameter name: Whoever listens under it hears no more.
    package func listen(as name: ObjectIdentifier, _ body: @escaping Hearing) {
        listeners.withLock { $0[name] = Listener(hear: body) }
    }

    /// - Parameter byLogin: Whether somebody has logged in.
    func changed(byLogin: Bool = false) {
        if let caller { return caller.parent.changed(byLogin: byLogin) }
        let report = report
        // Not called under the lock: a listener may ask how it stands.
        for (name, listener) in listeners.withLock({ $0 }) where !listener.hear(report, byLogin) {
            _ = listeners.withLock { $0.removeValue(forKey: name) }
        }
    }

    // MARK: RequestAuthority

    package func credential(or later: () -> @Sendable (RequestPermit) -> Void) -> RequestPermit? {
        if goesByCallersToken, !isGotForCallersToken() { return .fail(.tokenNeeded()) }
        let (wall, uptime) = (surroundings.wall(), surroundings.uptime())
        let step = state.withLock { state -> GrantState.Step in
            let step = state.grant.step(wall: wall, uptime: uptime)
            switch step {
            case .wait where state.waiting.count >= Self.maximumWaiting:
                return .fail("too many requests wait for the authorization server")
            case .wait, .renew: state.waiting.append(permitting(later()))
            case .send, .sendAndRenew, .fail: break
            }
            return step
        }
        switch step {
        case .send(let credential): return .send(credential)
        case .sendAndRenew(let credential):
            renew()
            return .send(credential)
        case .wait: return nil
        case .renew:
            renew()
            return nil
        case .fail(let words): return .fail(failure(words))
        }
    }

    /// What tells a request that has waited whether it may go.
    private func permitting(_ then: @escaping @Sendable (RequestPermit) -> Void) -> Waiter {
        { [self] renewal in
            switch renewal {
            case .done: then(.send(state.withLock { $0.grant.credential }))
            case .failed(let failure): then(.fail(failure))
            }
        }
    }

    package func judge(_ refusal: RequestRefusal, _ then: @escaping @Sendable (RequestVerdict) -> Void) {
        let (wall, uptime) = (surroundings.wall(), surroundings.uptime())
        let waiter: Waiter = { renewal in
            switch renewal {
            case .done: then(.again)
            case .failed(let failure): then(.fail(failure))
            }
        }
        let judgement = state.withLock { state -> GrantState.Judgement in
            let judgement = state.grant.judge(refusal, wall: wall, uptime: uptime)
            switch judgement {
            case .wait where state.waiting.count >= Self.maximumWaiting: return .stands
            case .wait, .renew: state.waiting.append(waiter)
            case .again, .stands, .findLogin, .needsLogin, .lacksRights, .fail: break
            }
            return judgement
        }
        switch judgement {
        case .again: then(.again)
        case .stands: then(.stands)
        case .wait: break
        case .renew: renew()
        case .findLogin: findLogin(then)
        case .needsLogin where refusal.status != 401: then(.fail(needLogin(.moreRights)))
        case .lacksRights(let scopes):
            then(.fail(.rightsMissing(scopes, logOut: "mcp-proxy logout \(settings.server)")))
        case .needsLogin(let isHeld): then(.fail(needLogin(isHeld ? .refusedByServer : .none)))
        case .fail(let words): then(.fail(failure(words)))
        }
    }

    /// While the authorization server is left alone, what it said last; where somebody can help, how.
    private func failure(_ words: String) -> UpstreamFailure {
        let (need, isTriedAgain) = state.withLock { ($0.grant.need, $0.grant.isRefusedAgainAndAgain) }
        guard let need, need.isForEverything else { return Self.unavailable(words) }
        return .loginNeeded(need.words, isLasting: !isTriedAgain)
    }

    static func unavailable(_ words: String) -> UpstreamFailure { .noToken("there is no token for it: \(words)") }

    /// Sees to it that what is held was got for the token with which the caller has come last.
    ///
    /// - Returns: Whether there is such a token.
    private func isGotForCallersToken() -> Bool {
        guard let caller, let token = book.callerTokens.token(of: caller.name) else { return false }
        state.withLock { state in
            guard state.subject != token else { return }
            // What is being got is for the former one: who waits for it shares it, and the next one has another got.
            guard state.subject == nil || !state.grant.isRenewing else { return }
            if state.subject != nil { state.grant.outdate() }
            state.subject = token
        }
        return true
    }
}
