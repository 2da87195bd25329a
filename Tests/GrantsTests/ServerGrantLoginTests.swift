import AccessTokens
import Addresses
import MCPTestSupport
import MCPUpstream
import NIOCore
import Synchronization
import Testing

@testable import Grants

/// People log in to a server, once it turns out that it wants that.
@Suite(.timeLimit(.minutes(2))) struct ServerGrantLoginTests {
    private let harness = GrantHarness()
    private static let loginNeeded = "loginNeeded: mcp-proxy login docs"

    // MARK: That it wants it

    @Test("A server that refuses and says who protects it wants a login, found out once for all")
    func found() async throws {
        let grant = try harness.grant()
        let (gate, asked) = (EventQueue<Void>(), Asked(grant))
        harness.web.put(.init(body: Samples.resource(), gate: gate), at: Samples.resourcePlace)
        #expect(try await asked.credential() == "send nothing")
        for _ in 0..<100 { asked.bring(Asked.refusal(showing: nil)) }
        gate.add(())
        #expect(Set(try await asked.next(100)) == [Self.loginNeeded])
        #expect(harness.web.lines == ["GET \(Samples.resourcePlace)", "GET \(Samples.issuerPlace)"])
        #expect(
            grant.report
                == GrantReport(
                    need: .init(words: "mcp-proxy login docs", isForEverything: true), isHeld: false, end: nil,
                    account: nil))
        #expect(harness.log.messages == ["a server wants somebody to log in"])
    }

    @Test("A server that says nothing has given its answer, and is not asked again for half a minute")
    func unprotected() async throws {
        let harness = GrantHarness(isProtected: false)
        let asked = Asked(try harness.grant())
        #expect(try await asked.judge(Asked.refusal(showing: nil, nil)) == "stands")
        let count = harness.web.requests.count
        harness.pass(seconds: 29)
        #expect(try await asked.judge(Asked.refusal(showing: nil, nil)) == "stands")
        #expect(harness.web.requests.count == count)
        harness.pass(seconds: 1)
        #expect(try await asked.judge(Asked.refusal(showing: nil, nil)) == "stands")
        #expect(harness.web.requests.count == 2 * count)
        #expect(harness.log.lines.isEmpty)
    }

    @Test("Where it cannot be found out for now, or not be used, the refusal says why")
    func troubles() async throws {
        let asked = Asked(try harness.grant())
        harness.web.put(.init(status: 503), at: Samples.issuerPlace)
        #expect(
            try await asked.judge(Asked.refusal(showing: nil))
                == "notReachable: there is no token for it: \(Samples.issuerPlace) answers with status 503")
        harness.web.put(Samples.metadata("https://evil.test"), at: Samples.issuerPlace)
        #expect(
            try await asked.judge(Asked.refusal(showing: nil)).hasPrefix(
                "unauthorized: it wants a login that is not possible: "))
        harness.web.put(Samples.metadata(), at: Samples.issuerPlace)
        #expect(try await asked.judge(Asked.refusal(showing: nil)) == Self.loginNeeded)
    }

    @Test("Where the operator has said that it wants one nobody is asked")
    func configured() async throws {
        let asked = Asked(try harness.grant(nil, try harness.settings(.login)))
        #expect(try await asked.judge(Asked.refusal(showing: nil)) == Self.loginNeeded)
        #expect(harness.web.requests.isEmpty)
    }

    // MARK: The login

    @Test("The browser is sent with everything that the specification asks for, and the code is redeemed with the rest")
    func whole() async throws {
        let grant = try harness.grant(nil, try harness.settings(scopes: ["read"]))
        let address = try await grant.beginLogin(redirect: Samples.redirect, browser: nil)
        #expect(address.hasPrefix("https://login.example.com/authorize?"))
        let asked = try harness.fields(of: address)
        #expect(asked["response_type"] == "code" && asked["client_id"] == "registered")
        #expect(asked["redirect_uri"] == Samples.redirect && asked["resource"] == Samples.server)
        #expect(asked["code_challenge_method"] == "S256" && asked["scope"] == "read")
        #expect(asked["state"]?.utf8.count == 43)
        harness.web.put(Samples.token("new", refresh: "refresh-new", scope: "read"), at: Samples.tokenEndpoint)
        let server = try await grant.book.finishLogin(
            LoginAnswer(query: "code=c%2B1&state=\(asked["state"] ?? "")&iss=\(Samples.issuer)"), by: .program)
        #expect(server === grant)
        let request = try #require(harness.web.requests.last)
        #expect(request.line == "POST \(Samples.tokenEndpoint)")
        #expect(request.field("grant_type") == "authorization_code" && request.field("code") == "c+1")
        #expect(request.field("redirect_uri") == Samples.redirect && request.field("resource") == Samples.server)
        #expect(request.field("client_id") == "registered")
        #expect(request.field("code_verifier").map(ProofKey.challenge) == asked["code_challenge"])
        #expect(harness.kept?.accessToken == "new" && harness.kept?.scopes == ["read"])
        #expect(try await Asked(grant).credential() == "send 1")
    }

    @Test("Every login has secrets of its own")
    func secrets() async throws {
        let grant = try harness.grant()
        let first = try harness.fields(of: try await grant.beginLogin(redirect: Samples.redirect, browser: nil))
        let second = try harness.fields(of: try await grant.beginLogin(redirect: Samples.redirect, browser: nil))
        #expect(first["state"] != second["state"] && first["code_challenge"] != second["code_challenge"])
        #expect(first["scope"] == nil)
    }

    @Test("An endpoint with a query keeps it")
    func query() async throws {
        harness.web.put(
            Samples.metadata(Samples.issuer, ["authorization_endpoint": "\"https://login.example.com/a?tenant=1\""]),
            at: Samples.issuerPlace)
        let address = try await harness.grant().beginLogin(redirect: Samples.redirect, browser: nil)
        #expect(address.hasPrefix("https://login.example.com/a?tenant=1&response_type=code&"))
    }

    @Test(
        "A server without PKCE or without a page is not logged in to",
        arguments: [
            ("code_challenge_methods_supported", "", "does not say that it protects codes with PKCE"),
            ("code_challenge_methods_supported", "[]", "does not say that it protects codes with PKCE"),
            ("code_challenge_methods_supported", #"["plain"]"#, "does not say that it protects codes with PKCE"),
            ("code_challenge_methods_supported", #"["s256"]"#, "does not say that it protects codes with PKCE"),
            ("authorization_endpoint", "", "has no authorization_endpoint"),
        ])
    func impossible(name: String, value: String, words: String) async throws {
        harness.web.put(Samples.metadata(Samples.issuer, [name: value]), at: Samples.issuerPlace)
        let grant = try harness.grant()
        let failure = await Samples.failure { () async throws(GrantFailure) in
            try await grant.beginLogin(redirect: Samples.redirect, browser: nil)
        }
        #expect(failure?.words.contains(words) == true)
        #expect(!harness.web.lines.contains("POST \(Samples.registration)"), "nobody is registered for nothing")
    }

    @Test("An answer counts once, and from the browser that began")
    func once() async throws {
        let grant = try harness.grant()
        let asked = try harness.fields(of: try await grant.beginLogin(redirect: Samples.redirect, browser: "mine"))
        let answer = try LoginAnswer(query: "code=c&state=\(asked["state"] ?? "")&iss=\(Samples.issuer)")
        let book = grant.book
        let other = await Samples.failure { () async throws(GrantFailure) in
            try await book.finishLogin(answer, by: .browser(mark: "other"))
        }
        #expect(other?.words.contains("in another browser") == true)
        #expect(try await book.finishLogin(answer, by: .browser(mark: "mine")).settings.server == "docs")
        let twice = await Samples.failure { () async throws(GrantFailure) in
            try await book.finishLogin(answer, by: .browser(mark: "mine"))
        }
        #expect(twice?.words.contains("is not known") == true)
        #expect(harness.web.lines.filter { $0 == "POST \(Samples.tokenEndpoint)" }.count == 1)
    }

    @Test("A code from another issuer goes to no token endpoint, and its login is over")
    func mixUp() async throws {
        let grant = try harness.grant()
        let asked = try harness.fields(of: try await grant.beginLogin(redirect: Samples.redirect, browser: nil))
        let book = grant.book
        for issuer in ["https://evil.test", Samples.issuer] {
            let answer = try LoginAnswer(query: "code=c&state=\(asked["state"] ?? "")&iss=\(issuer)")
            #expect(
                await Samples.failure { () async throws(GrantFailure) in
                    try await book.finishLogin(answer, by: .program)
                } != nil)
        }
        #expect(!harness.web.lines.contains("POST \(Samples.tokenEndpoint)"))
        #expect(!grant.report.isHeld)
    }

    @Test("An authorization server that has forgotten the proxy registers it anew the next time")
    func forgotten() async throws {
        let grant = try harness.grant()
        harness.web.put(
            .init(status: 401, body: #"{"error":"invalid_client"}"#), .init(body: Samples.token("new")),
            at: Samples.tokenEndpoint)
        await #expect(throws: GrantFailure.self) { try await harness.logIn(to: grant) }
        harness.web.put(#"{"client_id":"second"}"#, at: Samples.registration)
        #expect(try await harness.logIn(to: grant)["client_id"] == "second")
    }

    @Test("What failed leaves what was there before")
    func failed() async throws {
        let grant = try harness.grant(try Samples.facts())
        harness.web.put(.init(status: 400, body: #"{"error":"invalid_grant"}"#), at: Samples.tokenEndpoint)
        await #expect(throws: GrantFailure.self) { try await harness.logIn(to: grant) }
        #expect(try await Asked(grant).credential() == "send 1")
        #expect(harness.kept?.refreshToken == "refresh-first")
    }

    // MARK: More scopes, and out again

    @Test("Who logs in for more scopes asks for those that he had and those that are wanted")
    func stepUp() async throws {
        let grant = try harness.grant(try Samples.facts(scopes: ["read"]))
        let asked = Asked(grant)
        let words = "loginNeeded: once more, for more rights than were given: mcp-proxy login docs"
        #expect(try await asked.judge(Asked.wantsMore("write", showing: 1)) == words)
        #expect(grant.report.need?.isForEverything == false && grant.report.isHeld)
        #expect(try await harness.logIn(to: grant)["scope"] == "read write")
        #expect(grant.report.need == nil)
        #expect(try await asked.judge(Asked.wantsMore("write", showing: 2)) == words)
        try await harness.logIn(to: grant)
        let enough =
            "unauthorized: it wants more rights (write) than logging in has brought: log out (mcp-proxy logout docs), and log in as somebody who has them"
        #expect(try await asked.judge(Asked.wantsMore("write", showing: 3)) == enough)
    }

    @Test("A refusal for more scopes that names none does not ask for logins without end")
    func namelessStepUp() async throws {
        let grant = try harness.grant(try Samples.facts())
        let asked = Asked(grant)
        for edition in 1...2 {
            #expect(
                try await asked.judge(Asked.refusal(403, showing: edition, "Bearer error=insufficient_scope"))
                    .hasPrefix("loginNeeded"))
            try await harness.logIn(to: grant)
        }
        #expect(
            try await asked.judge(Asked.refusal(403, showing: 3, "Bearer error=insufficient_scope"))
                .hasPrefix("unauthorized: it wants more rights"))
    }

    @Test("Whoever listens hears of each change until he has heard enough")
    func listens() async throws {
        let grant = try harness.grant()
        let heard = Mutex<[Bool]>([])
        grant.listen(as: ObjectIdentifier(harness)) { report, _ in
            heard.withLock { heard in
                heard.append(report.isHeld)
                return heard.count < 2
            }
        }
        try await harness.logIn(to: grant)
        #expect(try grant.logOut() != nil)
        try await harness.logIn(to: grant)
        #expect(heard.withLock { $0 } == [true, false])
    }

    @Test("Who logs out is out, here and at the next start; what has begun comes to nothing")
    func logOut() async throws {
        let grant = try harness.grant(try Samples.facts())
        let begun = try harness.fields(of: try await grant.beginLogin(redirect: Samples.redirect, browser: nil))
        #expect(try grant.logOut() != nil)
        #expect(try grant.logOut() == nil, "there is nothing any more")
        #expect(harness.kept == nil && !grant.report.isHeld)
        #expect(grant.report.need?.isForEverything == true)
        let (book, answer) = (grant.book, try LoginAnswer(query: "code=c&state=\(begun["state"] ?? "")"))
        let failure = await Samples.failure { () async throws(GrantFailure) in
            try await book.finishLogin(answer, by: .program)
        }
        #expect(failure?.words.contains("is not known") == true)
    }

    @Test("Who logs out where nobody is logged in has the proxy register anew, if it was registered")
    func registrationForgotten() async throws {
        let grant = try harness.grant()
        #expect(await !grant.forgetRegistration(), "there is nothing to forget")
        _ = try await grant.beginLogin(redirect: Samples.redirect, browser: nil)
        _ = try await grant.beginLogin(redirect: "https://proxy.example.com/oauth/callback", browser: "mark")
        let registrations = { harness.web.requests.count { "\($0.call.url)".hasSuffix("/register") } }
        #expect(registrations() == 2, "one for each way back")
        _ = try await grant.beginLogin(redirect: Samples.redirect, browser: nil)
        #expect(registrations() == 2)
        #expect(await grant.forgetRegistration())
        #expect(await !grant.forgetRegistration())
        _ = try await grant.beginLogin(redirect: Samples.redirect, browser: nil)
        _ = try await grant.beginLogin(redirect: "https://proxy.example.com/oauth/callback", browser: "mark")
        #expect(registrations() == 4)
    }

    @Test("What is left of a login is given back where the authorization server takes it, with what the client shows")
    func givenBack() async throws {
        let place = "https://login.example.com/revoke"
        harness.web.put(
            Samples.metadata(Samples.issuer, ["revocation_endpoint": "\"\(place)\""]), at: Samples.issuerPlace)
        harness.web.put(
            .init(body: "", isJSON: false), .init(body: "", isJSON: false), .init(status: 503), at: place)
        let grant = try harness.grant()
        for (given, line) in [
            (["refresh-first", "first"], "were given back"), (["refresh-first"], "could not be given back"),
        ] {
            let before = harness.web.requests.count { "\($0.call.url)" == place }
            try await harness.logIn(to: grant)
            let again = harness.book().grant(try harness.settings(), harness.surroundings)
            let forgotten = try #require(try again.logOut())
            await forgotten.revoke()
            let requests = harness.web.requests.filter { "\($0.call.url)" == place }.dropFirst(before)
            #expect(requests.map { $0.field("token") } == given)
            #expect(
                requests.map { $0.field("token_type_hint") }
                    == Array(["refresh_token", "access_token"].prefix(given.count)))
            #expect(requests.allSatisfy { $0.field("client_id") == "registered" })
            #expect(harness.log.lines.last?.contains(line) == true)
        }
    }

    @Test(
        "Where there is no place for it, or none that may be called, nothing is given back",
        arguments: ["", "ftp://x/y"])
    func notGivenBack(place: String) async throws {
        harness.web.put(
            Samples.metadata(Samples.issuer, ["revocation_endpoint": place.isEmpty ? "" : "\"\(place)\""]),
            at: Samples.issuerPlace)
        let grant = try harness.grant()
        try await harness.logIn(to: grant)
        let asked = harness.web.requests.count
        await (try #require(try grant.logOut())).revoke()
        #expect(harness.web.requests.count == asked)
    }

    @Test("An answer that was brought for another grant is not taken, and stays for its own")
    func otherGrant() async throws {
        let parent = try harness.grant(nil, try harness.settings(isPersonal: true))
        let (ann, bob, book) = (parent.grant(of: "ann"), parent.grant(of: "bob"), parent.book)
        let begun = try harness.fields(of: try await ann.beginLogin(redirect: Samples.redirect, browser: nil))
        let answer = try LoginAnswer(query: "code=c&state=\(begun["state"] ?? "")&iss=\(Samples.issuer)")
        let failure = await Samples.failure { () async throws(GrantFailure) in
            try await book.finishLogin(answer, by: .program, of: bob)
        }
        #expect(failure?.words.contains("answer it as that one") == true)
        #expect(try await book.finishLogin(answer, by: .program, of: ann).settings.server == "docs")
        #expect(ann.report.isHeld && !bob.report.isHeld)
    }

    @Test("Who is kept on a disk that is read-only is out all the same, and gives back what he had")
    func notRemoved() async throws {
        let place = "https://login.example.com/revoke"
        var facts = try Samples.facts()
        facts.revocationEndpoint = place
        let grant = try harness.grant(facts)
        harness.storage.fail("the disk is read-only")
        #expect(
            Samples.words { _ = try grant.logOut() }
                == "it is not used any more until the proxy ends, but what is kept of the login cannot be removed: the disk is read-only; mend that, and log out again"
        )
        #expect(!grant.report.isHeld && grant.report.need != nil)
        #expect(try await Asked(grant).credential() == "send nothing")
        _ = try await harness.web.arrival(at: place)
        for address in ["https://elsewhere.test/mcp", Samples.server] {
            #expect(grant.book.grant(try harness.settings(address: address), harness.surroundings) === grant)
            #expect(try await Asked(grant).credential() == "send nothing", "it stays so, wherever the server goes")
        }
    }

    @Test("No secret stands in the log, nor in a failure")
    func noSecrets() async throws {
        let grant = try harness.grant(try Samples.facts("secret-access", refresh: "secret-refresh"))
        harness.web.put(
            .init(status: 503), .init(body: Samples.token("secret-second", refresh: "secret-third")),
            .init(status: 400, body: #"{"error":"invalid_grant"}"#), at: Samples.tokenEndpoint)
        let asked = Asked(grant)
        var said: [String] = []
        for _ in 0..<3 {
            harness.pass(seconds: 4_000)
            said.append(try await asked.credential())
        }
        _ = try grant.logOut()
        #expect(said.count == 3 && harness.log.lines.count >= 3)
        #expect((said + harness.log.lines).allSatisfy { !$0.contains("secret") })
    }
}
