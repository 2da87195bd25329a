import AccessTokens
import NIOCore
import Testing

@testable import TokenIssuers

@Suite struct IssuersTests {
    private let issuer = ScriptedIssuer()
    private let told = Told()
    private let old = SigningKey("old")
    private let new = SigningKey("new")

    @Test("The keys are fetched once for all who wait, and later tokens are judged at once")
    func once() throws {
        let issuers = try issuer.issuers()
        for name in ["ann", "bob", "cat"] { told.ask(issuers, try old.token(for: name)) }
        #expect(issuer.fetches == 1)
        issuer.answer(try SigningKey.set([old]))
        #expect(told.all == ["later", "later", "later", "ann", "bob", "cat"])
        told.ask(issuers, try old.token(for: "dan"))
        #expect(told.all.last == "dan")
        #expect(issuer.fetches == 0)
    }

    @Test("A new key is fetched when its first token comes, and tokens of the old one are not disturbed")
    func rotation() throws {
        let issuers = try issuer.issuers()
        told.ask(issuers, try old.token(for: "ann"))
        issuer.answer(try SigningKey.set([old]))
        told.ask(issuers, try new.token(for: "bob"))
        #expect(told.all == ["later", "ann", "keyUnknown"], "it was asked less than thirty seconds ago")
        issuer.pass(.seconds(30))
        told.ask(issuers, try new.token(for: "bob"))
        told.ask(issuers, try old.token(for: "ann"))
        #expect(told.all.suffix(2) == ["later", "ann"])
        issuer.answer(try SigningKey.set([new]))
        #expect(told.all.last == "bob")
        told.ask(issuers, try old.token(for: "ann"))
        #expect(told.all.last == "keyUnknown", "the issuer has taken it away")
    }

    @Test("While the issuer is away its known keys count, and what nobody can judge is no refusal")
    func away() throws {
        let issuers = try issuer.issuers()
        told.ask(issuers, try old.token(for: "ann"))
        issuer.answer(.failure(IssuerFailure("away")))
        told.ask(issuers, try old.token(for: "ann"))
        #expect(told.all == ["later", "unavailable", "unavailable"])
        issuer.pass(.seconds(5))
        told.ask(issuers, try old.token(for: "ann"))
        issuer.answer(try SigningKey.set([old]))
        issuer.pass(.hours(2))
        told.ask(issuers, try new.token(for: "bob"))
        told.ask(issuers, try old.token(for: "cat"))
        issuer.answer(.failure(IssuerFailure("away")))
        #expect(told.all.suffix(4) == ["later", "later", "unavailable", "cat"])
    }

    @Test("Only so many wait for an issuer that hangs")
    func hanging() throws {
        let issuers = try issuer.issuers()
        let token = try old.token(for: "ann")
        for _ in 0..<IssuerKeys.maximumWaiting { told.ask(issuers, token) }
        #expect(told.all.allSatisfy { $0 == "later" })
        told.ask(issuers, token)
        #expect(told.all.last == "unavailable")
        issuer.answer(try SigningKey.set([old]))
        #expect(told.all.filter { $0 == "ann" }.count == IssuerKeys.maximumWaiting)
    }

    @Test("A token of somebody else's, and what is none, asks nobody")
    func strangers() throws {
        let issuers = try issuer.issuers()
        told.ask(issuers, try old.token(for: "ann", issuer: "https://evil.example"))
        told.ask(issuers, "opaque")
        told.ask(issuers, "a.b.c")
        told.ask(issuers, String(repeating: "a", count: 16_385))
        #expect(told.all == ["issuer", "malformed", "malformed", "tooLong"])
        #expect(issuer.fetches == 0)
    }

    // MARK: Opaque tokens

    private let good = #"{"active":true,"sub":"ann","aud":"us","exp":\#(ScriptedIssuer.now + 30)}"#

    @Test("An opaque token is asked for once, for all who come with it")
    func introspection() throws {
        let issuers = try issuer.issuers(introspects: true)
        for _ in 0..<3 { told.ask(issuers, "opaque") }
        told.ask(issuers, "other")
        #expect(issuer.questions == 2)
        issuer.answer(claims: good)
        #expect(told.all == ["later", "later", "later", "later", "ann", "ann", "ann"])
        issuer.answer(claims: #"{"active":false}"#)
        #expect(told.all.last == "inactive")
    }

    @Test("What an issuer has said no to is not asked again for ten seconds; what it has not answered is")
    func refusals() throws {
        let issuers = try issuer.issuers(introspects: true)
        told.ask(issuers, "opaque")
        issuer.answer(claims: #"{"active":false}"#)
        told.ask(issuers, "opaque")
        #expect(told.all == ["later", "inactive", "inactive"])
        issuer.pass(.seconds(10))
        told.ask(issuers, "opaque")
        issuer.failQuestion()
        told.ask(issuers, "opaque")
        #expect(told.all.suffix(3) == ["later", "unavailable", "later"])
    }

    @Test(
        "An answer counts only if it is for us, of this issuer, of somebody, and not over",
        arguments: [
            (#"{"active":"true","sub":"ann","aud":"us"}"#, "inactive"), (#"{"sub":"ann","aud":"us"}"#, "inactive"),
            (#"{"active":true,"sub":"ann"}"#, "audience"), (#"{"active":true,"sub":"ann","aud":["them"]}"#, "audience"),
            (#"{"active":true,"aud":"us"}"#, "claims"),
            (#"{"active":true,"sub":"ann","aud":"us","iss":"x"}"#, "issuer"),
            (#"{"active":true,"sub":"ann","aud":"us","exp":1}"#, "expired"),
            (#"{"active":true,"sub":"ann","aud":"us","exp":"soon"}"#, "claims"),
            (#"{"active":true,"sub":"ann","aud":"us","cnf":{}}"#, "bound"), ("[]", "inactive"),
            ("<html>", "unavailable"),
            (#"{"active":true,"sub":"ann","aud":["us","them"]}"#, "ann"),
        ])
    func answers(claims: String, expected: String) throws {
        let issuers = try issuer.issuers(introspects: true)
        told.ask(issuers, "opaque")
        issuer.answer(claims: claims)
        #expect(told.all == ["later", expected])
    }

    @Test("An answer is remembered for a minute at most, and no longer than the token lasts")
    func remembered() throws {
        let now = UnixTime(milliseconds: ScriptedIssuer.now * 1_000)
        let rules = IssuerRules(issuer: ScriptedIssuer.name, audiences: ["us"], leewaySeconds: 0)
        for (expiry, seconds) in [("", 60), (#","exp":\#(ScriptedIssuer.now + 10)"#, 10), (#","exp":9e9"#, 60)] {
            let claims = try SigningKey.claims(#"{"active":true,"sub":"ann","aud":"us"\#(expiry)}"#)
            let token = try rules.check(introspected: claims, rememberedFor: 60, now: now)
            #expect(token.expiry == now.adding(seconds: seconds))
        }
    }

    @Test("What an issuer has said yes to is not asked again as long as that counts")
    func accepted() throws {
        let issuers = try issuer.issuers(introspects: true)
        told.ask(issuers, "opaque")
        issuer.answer(claims: #"{"active":true,"sub":"ann","aud":"us"}"#)
        issuer.pass(.seconds(59))
        told.ask(issuers, "opaque")
        issuer.pass(.seconds(1))
        told.ask(issuers, "opaque")
        #expect(told.all == ["later", "ann", "ann", "later"])
    }

    @Test("What is odd of an issuer is told once, and not for every token")
    func log() throws {
        let issuers = try issuer.issuers(introspects: true)
        for number in 0..<5 {
            told.ask(issuers, "token-\(number)")
            issuer.answer(claims: #"{"active":true,"sub":"ann"}"#)
        }
        #expect(issuer.lines == 1, "it does not say for whom tokens are")
        for number in 5..<10 {
            told.ask(issuers, "token-\(number)")
            issuer.failQuestion()
        }
        #expect(issuer.lines == 2, "it is away")
        told.ask(issuers, "token-10")
        issuer.answer(claims: #"{"active":false}"#)
        #expect(issuer.lines == 3, "it is back")
    }

    @Test("Only so many tokens are asked for at a time")
    func bounded() throws {
        let issuers = try issuer.issuers(introspects: true)
        for number in 0...Introspector.maximumAsked { told.ask(issuers, "token-\(number)") }
        #expect(issuer.questions == Introspector.maximumAsked)
        #expect(told.all.last == "unavailable")
        told.ask(issuers, "token-0")
        #expect(told.all.last == "later", "it is being asked already")
    }

    @Test("Tokens that have counted are asked for although strangers have taken all places")
    func known() throws {
        let issuers = try issuer.issuers(introspects: true)
        told.ask(issuers, "opaque")
        issuer.answer(claims: good)
        issuer.pass(.seconds(61))
        for number in 0...Introspector.maximumAsked { told.ask(issuers, "stranger-\(number)") }
        #expect(told.all.last == "unavailable")
        told.ask(issuers, "opaque")
        #expect(told.all.last == "later" && issuer.questions == Introspector.maximumAsked + 1)
    }
}
