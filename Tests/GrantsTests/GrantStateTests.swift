import AccessTokens
import MCPUpstream
import NIOCore
import Testing

@testable import Grants

/// What is done about requests and refusals, wherever a grant stands.
@Suite struct GrantStateTests {
    private static let uptime = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func state(isInteractive: Bool = true, _ facts: GrantFacts? = nil) -> GrantState {
        GrantState(isInteractive: isInteractive, facts: facts)
    }

    private func wall(_ seconds: Int64) -> UnixTime {
        UnixTime(milliseconds: Samples.now.milliseconds + seconds * 1_000)
    }

    /// What is done about a request, so long after the token was got.
    private func step(_ state: inout GrantState, after seconds: Int64 = 0, up: TimeAmount = .zero) -> String {
        switch state.step(wall: wall(seconds), uptime: Self.uptime + up) {
        case .send(let credential): "send \(credential?.edition ?? 0)"
        case .sendAndRenew(let credential): "send and renew \(credential?.edition ?? 0)"
        case .wait: "wait"
        case .renew: "renew"
        case .fail(let words): "fail: \(words)"
        }
    }

    private func refusal(_ status: Int = 401, showing edition: Int?, _ challenge: String = "Bearer") -> RequestRefusal {
        RequestRefusal(
            status: status, challenge: BearerChallenge([challenge]),
            credential: edition.flatMap { RequestCredential(token: "t", edition: $0) }, repetitions: 0)
    }

    private func judge(
        _ state: inout GrantState, _ refusal: RequestRefusal, after seconds: Int64 = 0, up: TimeAmount = .zero
    ) -> String {
        "\(state.judge(refusal, wall: wall(seconds), uptime: Self.uptime + up))"
    }

    private func wantsMore(_ scopes: String, showing edition: Int?) -> RequestRefusal {
        refusal(403, showing: edition, "Bearer error=\"insufficient_scope\", scope=\"\(scopes)\"")
    }

    // MARK: Requests

    @Test("Without a grant people's servers are called without, and the proxy gets one of its own first")
    func nothing() {
        var person = state()
        #expect(step(&person) == "send 0")
        var machine = state(isInteractive: false)
        #expect(step(&machine) == "renew" && step(&machine) == "wait" && machine.isRenewing)
    }

    @Test("A token of an hour is renewed beside its use in its last minute, once for all")
    func ahead() throws {
        var grant = state(try Samples.facts())
        #expect(step(&grant, after: 3_539) == "send 1")
        #expect(step(&grant, after: 3_540) == "send and renew 1")
        #expect(step(&grant, after: 3_541) == "send 1", "it is being done")
        #expect(step(&grant, after: 3_600) == "wait")
        grant.renewed(try Samples.facts("second", since: wall(3_600)))
        #expect(step(&grant, after: 3_601) == "send 2")
    }

    @Test("A short one in its last fifth")
    func short() throws {
        var grant = state(try Samples.facts(lifetime: 50_000))
        #expect(step(&grant, after: 39) == "send 1")
        #expect(step(&grant, after: 40) == "send and renew 1")
    }

    @Test("One that has ended is waited for, once for all")
    func ended() throws {
        var grant = state(try Samples.facts())
        #expect(step(&grant, after: 3_600) == "renew")
        #expect(step(&grant, after: 3_600) == "wait")
    }

    @Test("One that nobody can renew is shown, whatever the time: the server decides")
    func unrenewable() throws {
        var grant = state(try Samples.facts(refresh: nil))
        #expect(!grant.canRenew)
        #expect(step(&grant, after: 3_599) == "send 1" && step(&grant, after: 1_000_000) == "send 1")
    }

    @Test("A renewal that fails for now is tried again after a second, two, four, and at most a minute")
    func backOff() throws {
        var grant = state(try Samples.facts())
        var up = TimeAmount.zero
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] as [Int64] {
            #expect(step(&grant, after: 3_600, up: up) == "renew")
            grant.renewalFailed("away", isRefusal: false, isForGood: false, at: Self.uptime + up)
            #expect(step(&grant, after: 3_600, up: up + .seconds(seconds) - .nanoseconds(1)) == "fail: away")
            up = up + .seconds(seconds)
        }
        #expect(grant.facts?.refreshToken == "refresh-first", "nothing is lost")
        #expect(step(&grant, after: 3_600, up: up) == "renew")
        grant.renewed(try Samples.facts("second", since: wall(3_600)))
        #expect(step(&grant, after: 7_200, up: up) == "renew", "after one that came it begins anew")
        grant.renewalFailed("away", isRefusal: false, isForGood: false, at: Self.uptime + up)
        #expect(step(&grant, after: 7_200, up: up + .seconds(1)) == "renew")
    }

    @Test("While a token still counts, a renewal that failed for now disturbs nobody")
    func failedAhead() throws {
        var grant = state(try Samples.facts())
        #expect(step(&grant, after: 3_590) == "send and renew 1")
        grant.renewalFailed("away", isRefusal: false, isForGood: false, at: Self.uptime)
        #expect(step(&grant, after: 3_590) == "send 1")
        #expect(step(&grant, after: 3_591, up: .seconds(1)) == "send and renew 1")
    }

    @Test("A grant that has ended for good is renewed no more, and its token shown as long as it counts")
    func forGood() throws {
        var grant = state(try Samples.facts())
        #expect(step(&grant, after: 3_590) == "send and renew 1")
        grant.renewalFailed("invalid_grant", isRefusal: true, isForGood: true, at: Self.uptime)
        #expect(!grant.canRenew && !grant.isRenewing)
        #expect(step(&grant, after: 3_590) == "send 1")
        #expect(judge(&grant, refusal(showing: 1)) == "needsLogin(isHeld: true)")
        var machine = state(isInteractive: false)
        #expect(step(&machine) == "renew")
        machine.renewalFailed("invalid_client", isRefusal: true, isForGood: true, at: Self.uptime)
        #expect(step(&machine) == "fail: invalid_client")
        #expect(step(&machine, up: .seconds(1)) == "renew", "the operator may have registered it meanwhile")
    }

    @Test(
        "What is refused again and again is renewed by itself once the pause is over, and else only when it is wanted")
    func byItself() throws {
        var grant = state(try Samples.facts())
        var up = TimeAmount.zero
        for seconds in [1, 2, 4] as [Int64] {
            let isTooEarly = grant.beginsAgain(at: Self.uptime + up)
            #expect(!isTooEarly, "nobody reads that a login is needed")
            #expect(step(&grant, after: 3_600, up: up) == "renew")
            grant.renewalFailed("no", isRefusal: true, isForGood: false, at: Self.uptime + up)
            #expect(grant.pause(at: Self.uptime + up) == .seconds(seconds))
            up = up + .seconds(seconds)
        }
        let begins = [up - .nanoseconds(1), up, up].map { grant.beginsAgain(at: Self.uptime + $0) }
        #expect(begins == [false, true, false], "not before, and once")
        #expect(grant.isRenewing)
    }

    // MARK: Refusals

    @Test("Without a grant it is found out whether people have to log in, and the proxy's own refusal stands")
    func unknown() {
        var person = state()
        #expect(judge(&person, refusal(showing: nil, "Bearer scope=\"a b\"")) == "findLogin")
        #expect(person.challenge?.scopes == ["a", "b"] && person.wantedScopes == ["a", "b"])
        var machine = state(isInteractive: false)
        #expect(judge(&machine, refusal(showing: nil)) == "stands")
    }

    @Test("What was refused with another credential than there is now is sent again", arguments: [nil, 1, 7])
    func newer(edition: Int?) throws {
        var grant = state(try Samples.facts())
        grant.loggedIn(try Samples.facts("second"))
        #expect(judge(&grant, refusal(showing: edition)) == "again")
        #expect(judge(&grant, wantsMore("x", showing: edition)) == "again")
        #expect(grant.wantedScopes.isEmpty && grant.challenge == nil, "it is not about this one")
    }

    @Test("A token that is refused is renewed once; refused again at once, somebody has to log in")
    func refusedOnce() throws {
        var grant = state(try Samples.facts())
        #expect(judge(&grant, refusal(showing: 1)) == "renew")
        #expect(judge(&grant, refusal(showing: 1)) == "wait", "others wait for the same renewal")
        grant.renewed(try Samples.facts("second"))
        #expect(judge(&grant, refusal(showing: 1)) == "again")
        #expect(judge(&grant, refusal(showing: 2), after: 9) == "needsLogin(isHeld: true)")
        #expect(judge(&grant, refusal(showing: 2), after: 10) == "renew", "much later that says nothing any more")
    }

    @Test("A token of the proxy's own that is refused again at once stays refused")
    func ownRefused() throws {
        var grant = state(isInteractive: false, try Samples.facts(refresh: nil))
        #expect(judge(&grant, refusal(showing: 1)) == "renew")
        grant.renewed(try Samples.facts("second", refresh: nil))
        #expect(judge(&grant, refusal(showing: 2)) == "stands")
    }

    @Test("A token that was renewed because it ended may still be renewed because it was refused")
    func renewedBefore() throws {
        var grant = state(try Samples.facts())
        #expect(step(&grant, after: 3_600) == "renew")
        grant.renewed(try Samples.facts("second", since: wall(3_600)))
        #expect(judge(&grant, refusal(showing: 2), after: 3_600) == "renew")
    }

    @Test("One that cannot be renewed is refused for good")
    func cannotRenew() throws {
        var grant = state(try Samples.facts(refresh: nil))
        #expect(judge(&grant, refusal(showing: 1)) == "needsLogin(isHeld: true)")
    }

    @Test("While the authorization server is away a refusal is no reason to log in", arguments: [true, false])
    func refusedWhileAway(isInteractive: Bool) throws {
        var grant = state(isInteractive: isInteractive, try Samples.facts())
        #expect(judge(&grant, refusal(showing: 1)) == "renew")
        grant.renewalFailed("away", isRefusal: false, isForGood: false, at: Self.uptime)
        #expect(judge(&grant, refusal(showing: 1)) == "fail(\"away\")")
        #expect(judge(&grant, refusal(showing: 1), up: .seconds(1)) == "renew")
        grant.renewed(try Samples.facts("second"))
        #expect(step(&grant) == "send 2")
    }

    // MARK: Scopes

    @Test("Somebody logs in twice for the same scopes; the third refusal for them is the answer")
    func stepUps() throws {
        var grant = state(try Samples.facts())
        for edition in 1...2 {
            #expect(judge(&grant, wantsMore("b a", showing: edition)) == "needsLogin(isHeld: false)")
            #expect(grant.wantedScopes == ["a", "b"])
            grant.loggedIn(try Samples.facts("next"))
        }
        #expect(judge(&grant, wantsMore("a b", showing: 3)) == #"lacksRights(["a", "b"])"#, "in any order")
        #expect(
            judge(&grant, wantsMore("a b c", showing: 3)) == "needsLogin(isHeld: false)", "others are another matter")
        #expect(grant.wantedScopes == ["a", "b", "c"])
    }

    @Test("Who is asked for more scopes and does not log in is asked as often as somebody calls")
    func notLoggedIn() throws {
        var grant = state(try Samples.facts())
        for _ in 0..<5 { #expect(judge(&grant, wantsMore("a", showing: 1)) == "needsLogin(isHeld: false)") }
    }

    @Test("A login for another reason is none for more scopes")
    func otherReason() throws {
        var grant = state(try Samples.facts(refresh: nil))
        for edition in 1...4 {
            #expect(judge(&grant, refusal(showing: edition, "Bearer scope=a")) == "needsLogin(isHeld: true)")
            grant.loggedIn(try Samples.facts("next", refresh: nil))
        }
        #expect(judge(&grant, wantsMore("a", showing: 5)) == "needsLogin(isHeld: false)")
    }

    @Test("The proxy itself asks for more, twice for the same")
    func ownStepUps() throws {
        var grant = state(isInteractive: false, try Samples.facts(refresh: nil))
        for edition in 1...2 {
            #expect(judge(&grant, wantsMore("a", showing: edition)) == "renew")
            grant.renewed(try Samples.facts("next", refresh: nil))
        }
        #expect(judge(&grant, wantsMore("a", showing: 3)) == "stands")
    }

    @Test("A refresh is no step-up: while it goes on more scopes are waited for")
    func waitsWithScopes() throws {
        var grant = state(try Samples.facts())
        #expect(step(&grant, after: 3_590) == "send and renew 1")
        #expect(judge(&grant, wantsMore("a", showing: 1), after: 3_590) == "wait")
    }

    @Test("A server that names other scopes without end fills no memory")
    func endlessScopes() throws {
        var grant = state(try Samples.facts())
        for number in 0..<1_000 { _ = judge(&grant, wantsMore("scope\(number)", showing: 1)) }
        #expect(grant.wantedScopes.count == GrantState.maximumScopes)
        var machine = state(isInteractive: false, try Samples.facts(refresh: nil))
        for number in 0..<1_000 {
            _ = judge(&machine, wantsMore("scope\(number)", showing: number + 1))
            machine.renewed(try Samples.facts("next", refresh: nil))
        }
        #expect(machine.stepUps.count == GrantState.maximumScopes)
        #expect(judge(&machine, wantsMore("more", showing: 1_001)) == "stands")
    }

    // MARK: Logging in and out

    @Test("A login takes what was refused and failed before away")
    func loggedIn() throws {
        var grant = state(try Samples.facts())
        grant.need = GrantReport.Need(words: "log in", isForEverything: true)
        #expect(judge(&grant, refusal(showing: 1)) == "renew")
        grant.renewalFailed("away", isRefusal: false, isForGood: false, at: Self.uptime)
        grant.loggedIn(try Samples.facts("second"))
        #expect(grant.need == nil)
        #expect(step(&grant) == "send 2" && judge(&grant, refusal(showing: 2)) == "renew")
    }

    @Test("After a logout nothing is shown, nothing is known, and what was under way is refused as a stranger's")
    func loggedOut() throws {
        var grant = state(try Samples.facts())
        #expect(judge(&grant, wantsMore("a", showing: 1)) == "needsLogin(isHeld: false)")
        grant.loggedOut()
        #expect(grant.facts == nil && grant.credential == nil && grant.wantedScopes.isEmpty && grant.challenge == nil)
        #expect(step(&grant) == "send 0")
        #expect(judge(&grant, refusal(showing: 1)) == "findLogin")
        grant.loggedIn(try Samples.facts("second"))
        #expect(judge(&grant, refusal(showing: 1)) == "again", "the one before is not taken for the new one")
    }
}
