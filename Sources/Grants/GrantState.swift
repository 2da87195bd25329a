import AccessTokens
import MCPUpstream
import NIOCore

/// Where the grant of one server stands, and what is to be done about a request. Pure: it is told what time it is, and does
/// nothing by itself.
struct GrantState {
    /// How long before its end a token is renewed, at most.
    static let margin: Int64 = 60_000
    /// How long the authorization server is left alone after a renewal has failed: the first time, and at most.
    static let firstPause = TimeAmount.seconds(1)
    static let longestPause = TimeAmount.seconds(60)
    /// How often somebody logs in for the same scopes before a refusal for them counts as an answer. With the first login
    /// that makes three.
    static let maximumStepUps = 2
    /// How long ago a token must have been got for it to be renewed because it was refused.
    static let freshness: Int64 = 10_000
    /// How many renewals in a row are refused without a reason that ends the grant before somebody is asked to log in.
    static let maximumRefusals = 3
    /// How many scopes, and sets of them, are remembered of what the server asks for: it may name others without end.
    static let maximumScopes = 100

    /// What to do about a request that is about to be sent.
    enum Step {
        case send(RequestCredential?)
        /// It is sent, and the token is renewed meanwhile.
        case sendAndRenew(RequestCredential?)
        /// It waits for a token that somebody is getting.
        case wait
        /// It waits for a token that is to be got now.
        case renew
        case fail(String)
    }

    /// What to do about a refusal.
    enum Judgement {
        case again
        case stands
        case wait
        case renew
        /// Somebody has to log in: it is to be found out where.
        case findLogin
        /// Somebody has to log in, where that is known.
        ///
        /// - Parameter isHeld: Whether the login that there is was refused.
        case needsLogin(isHeld: Bool)
        /// Logging in again does not bring the rights that are asked for.
        case lacksRights([String])
        /// There is no other token for now: why, in words.
        case fail(String)
    }

    private(set) var isInteractive: Bool
    private(set) var facts: GrantFacts?
    private(set) var credential: RequestCredential?
    private(set) var edition = 0
    /// Changes when what has begun before must come to nothing.
    private(set) var generation = 0
    private(set) var isRenewing = false
    /// What was shown last at an address that is not the server's any more.
    private(set) var former: (facts: GrantFacts, credential: RequestCredential?)?
    private var failures = 0
    /// How many renewals in a row were refused by somebody who was there.
    private var refusals = 0
    private var earliest: NIODeadline?
    private var lastWords = ""
    /// The token that a refusal has caused to be got.
    private var gotAfterRefusal: Int?
    /// What the server has asked for last.
    private(set) var challenge: BearerChallenge?
    private(set) var wantedScopes: [String] = []
    private(set) var stepUps: [[String]: Int] = [:]
    /// The scopes for which somebody is to log in once more.
    private var awaitedScopes: [String]?
    var need: GrantReport.Need?

    init(isInteractive: Bool, facts: GrantFacts?) {
        self.isInteractive = isInteractive
        if let facts { take(facts) }
    }

    var canRenew: Bool { !isInteractive || facts?.refreshToken != nil }

    // MARK: A request that is about to be sent

    mutating func step(wall: UnixTime, uptime: NIODeadline) -> Step {
        // Every request comes by here: no copy of all that is known.
        guard let expiry = facts?.expiry.milliseconds, let since = facts?.since.milliseconds else {
            return isInteractive ? .send(nil) : renewal(at: uptime)
        }
        let left = expiry - wall.milliseconds
        // The server decides about a token that nobody can renew.
        guard canRenew else { return .send(credential) }
        guard left > 0 else { return renewal(at: uptime) }
        let margin = min(Self.margin, (expiry - since) / 5)
        guard left <= margin, !isRenewing, mayAsk(at: uptime) else { return .send(credential) }
        isRenewing = true
        return .sendAndRenew(credential)
    }

    private mutating func renewal(at uptime: NIODeadline) -> Step {
        if isRenewing { return .wait }
        guard mayAsk(at: uptime) else { return .fail(lastWords) }
        isRenewing = true
        return .renew
    }

    private func mayAsk(at uptime: NIODeadline) -> Bool { earliest.map { $0 <= uptime } ?? true }

    // MARK: A refusal

    mutating func judge(_ refusal: RequestRefusal, wall: UnixTime, uptime: NIODeadline) -> Judgement {
        // Another token has come meanwhile.
        if let credential, refusal.credential?.edition != credential.edition { return .again }
        if isRenewing { return .wait }
        challenge = refusal.challenge ?? challenge
        return refusal.status == 403 ? judgeScopes(refusal) : judgeToken(refusal, wall: wall, uptime: uptime)
    }

    private mutating func judgeToken(_ refusal: RequestRefusal, wall: UnixTime, uptime: NIODeadline) -> Judgement {
        want(refusal.challenge?.scopes ?? [])
        guard let facts else { return isInteractive ? .findLogin : .stands }
        let isFresh = wall.milliseconds - facts.since.milliseconds < Self.freshness
        let isTried = gotAfterRefusal == edition && isFresh
        if canRenew, !isTried {
            // An authorization server that is left alone for a while has not ended the grant.
            guard mayAsk(at: uptime) else { return .fail(lastWords) }
            isRenewing = true
            gotAfterRefusal = edition + 1
            return .renew
        }
        return isInteractive ? .needsLogin(isHeld: isFresh) : .stands
    }

    /// The union of what was asked for and what is wanted
    /// ([Step-Up Authorization Flow, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#step-up-authorization-flow)).
    private mutating func judgeScopes(_ refusal: RequestRefusal) -> Judgement {
        let wanted = (refusal.challenge?.scopes ?? []).sorted()
        let isRemembered = stepUps[wanted] != nil || stepUps.count < Self.maximumScopes
        guard isRemembered, stepUps[wanted, default: 0] < Self.maximumStepUps else {
            return isInteractive ? .lacksRights(wanted) : .stands
        }
        want(wanted)
        if isInteractive {
            awaitedScopes = wanted
            return .needsLogin(isHeld: false)
        }
        stepUps[wanted, default: 0] += 1
        isRenewing = true
        return .renew
    }

    private mutating func want(_ scopes: [String]) {
        for scope in scopes where wantedScopes.count < Self.maximumScopes && !wantedScopes.contains(scope) {
            wantedScopes.append(scope)
        }
    }

    // MARK: What came of it

    /// A token has come by a renewal.
    mutating func renewed(_ facts: GrantFacts) {
        isRenewing = false
        (failures, refusals, earliest) = (0, 0, nil)
        // Rights that were missing are missing still.
        if need?.isForEverything == true { need = nil }
        take(facts)
    }

    /// A renewal has failed.
    ///
    /// - Parameters:
    ///   - isRefusal: Whether somebody was there and said no.
    ///   - isForGood: Whether the grant has ended, so that somebody has to log in.
    mutating func renewalFailed(_ words: String, isRefusal: Bool, isForGood: Bool, at uptime: NIODeadline) {
        isRenewing = false
        lastWords = words
        refusals = isRefusal ? refusals + 1 : 0
        if isForGood, isInteractive {
            facts?.refreshToken = nil
            return
        }
        let factor: Int64 = 1 << Int64(min(failures, 6))
        failures += 1
        earliest = uptime + min(Self.firstPause * factor, Self.longestPause)
    }

    /// Whether it is renewed no more, as far as can be seen: it is tried again, and somebody had better log in.
    var isRefusedAgainAndAgain: Bool { refusals >= Self.maximumRefusals }

    /// How long the authorization server is left alone from now on.
    func pause(at uptime: NIODeadline) -> TimeAmount { max(earliest.map { $0 - uptime } ?? .zero, .zero) }

    /// Tells whether it is to be renewed now, although nobody has asked for it: somebody reads that a login is needed.
    mutating func beginsAgain(at uptime: NIODeadline) -> Bool {
        guard isRefusedAgainAndAgain, facts?.refreshToken != nil, !isRenewing, mayAsk(at: uptime) else { return false }
        isRenewing = true
        return true
    }

    /// A token has come by a renewal that began before the server moved.
    ///
    /// - Returns: Whether it takes the place of the one that is shown where the server was.
    mutating func formerRenewed(_ facts: GrantFacts, after before: GrantFacts?) -> Bool {
        guard let former, former.facts == before else { return false }
        edition += 1
        self.former = (facts, RequestCredential(token: facts.accessToken, edition: edition))
        return true
    }

    /// What came of a renewal is not used: somebody has logged in or out meanwhile.
    mutating func renewalDropped() {
        isRenewing = false
    }

    /// Somebody has logged in.
    mutating func loggedIn(_ facts: GrantFacts) {
        if let awaitedScopes { stepUps[awaitedScopes, default: 0] += 1 }
        awaitedScopes = nil
        gotAfterRefusal = nil
        need = nil
        (failures, refusals, earliest) = (0, 0, nil)
        take(facts)
    }

    /// The server is another one, or is called in another way.
    ///
    /// - Parameters:
    ///   - facts: What is held for it as it is now.
    ///   - hasMoved: Whether what was held still counts where the server was before.
    mutating func resettled(isInteractive: Bool, facts: GrantFacts?, hasMoved: Bool) {
        let last = self.facts.map { ($0, credential) } ?? former
        loggedOut()
        if hasMoved { former = last }
        self.isInteractive = isInteractive
        need = nil
        (failures, refusals, earliest) = (0, 0, nil)
        if let facts { take(facts) }
    }

    /// What the proxy holds was got for something else than what there is now.
    mutating func outdate() {
        guard !isInteractive, !isRenewing else { return }
        (facts, credential) = (nil, nil)
    }

    /// The authorization server knows none of the scopes, or not all, that the server has asked for.
    mutating func forgetWantedScopes() {
        wantedScopes = []
        awaitedScopes = nil
    }

    /// Nobody is logged in any more.
    mutating func loggedOut() {
        generation += 1
        former = nil
        facts = nil
        credential = nil
        edition += 1
        wantedScopes = []
        challenge = nil
        stepUps = [:]
        awaitedScopes = nil
    }

    private mutating func take(_ facts: GrantFacts) {
        edition += 1
        self.facts = facts
        credential = RequestCredential(token: facts.accessToken, edition: edition)
    }
}
