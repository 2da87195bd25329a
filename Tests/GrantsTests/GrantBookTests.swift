import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import Grants

/// The grants of all servers, and of callers who have their own.
@Suite struct GrantBookTests {
    private let harness = GrantHarness()

    @Test("A server has one grant whatever becomes of its settings, and another one once it was forgotten")
    func same() throws {
        let book = harness.book()
        let grant = book.grant(try harness.settings(), harness.surroundings)
        #expect(book.grant(try harness.settings(), harness.surroundings) === grant)
        #expect(book.grant(try harness.settings(scopes: ["a"]), harness.surroundings) === grant)
        #expect(grant.settings.scopes == ["a"])
        try book.forget("docs")
        #expect(book.grant(try harness.settings(), harness.surroundings) !== grant)
    }

    @Test("What is held stays with other scopes and another secret, and is not shown at another address")
    func resettled() async throws {
        let book = harness.book()
        let grant = book.grant(try harness.settings(), harness.surroundings)
        try await harness.logIn(to: grant)
        _ = book.grant(try harness.settings(scopes: ["a"]), harness.surroundings)
        #expect(try await Asked(grant).credential() == "send 1")
        _ = book.grant(try harness.settings(address: "https://evil.test/mcp"), harness.surroundings)
        #expect(try await Asked(grant).credential() == "send nothing" && !grant.report.isHeld)
        _ = book.grant(try harness.settings(), harness.surroundings)
        #expect(grant.report.isHeld, "it is kept for the address that it is for")
        _ = book.grant(try harness.settings(.clientCredentials), harness.surroundings)
        #expect(!grant.report.isHeld)
    }

    @Test(
        "Links to the former address show nothing that was got for the new one, and what they hear is no matter of the grant",
        arguments: [false, true])
    func moved(isPersonal: Bool) async throws {
        let book = harness.book()
        let old = try harness.settings(address: "https://old.test/mcp", isPersonal: isPersonal)
        let parent = book.grant(old, harness.surroundings)
        let former = parent.here.onBehalf(of: "ann")
        #expect(try await Asked(former).credential() == "send nothing")
        _ = book.grant(try harness.settings(isPersonal: isPersonal), harness.surroundings)
        try await harness.logIn(to: parent.grant(of: "ann"))
        let shown = try await Asked(parent.here.onBehalf(of: "ann")).credential()
        #expect(shown.hasPrefix("send ") && shown != "send nothing", "\(shown)")
        #expect(try await Asked(former).credential() == "send nothing")
        let refusal = RequestRefusal(status: 401, challenge: nil, credential: nil, repetitions: 0)
        #expect(try await Asked(former).judge(refusal) == "stands")
        #expect(parent.grant(of: "ann").report.isHeld)
    }

    @Test("Links to the former address go on with what was shown there, until somebody logs out")
    func formerToken() async throws {
        let book = harness.book()
        let grant = book.grant(try harness.settings(), harness.surroundings)
        try await harness.logIn(to: grant)
        let former = grant.here
        _ = book.grant(try harness.settings(address: "https://new.test/mcp"), harness.surroundings)
        #expect(try await Asked(former).credential() == "send 1")
        #expect(try await Asked(grant.here).credential() == "send nothing")
        let refusal = RequestRefusal(status: 401, challenge: nil, credential: former.shown, repetitions: 0)
        #expect(try await Asked(former).judge(refusal) == "stands" && harness.kept != nil)
        _ = book.grant(try harness.settings(address: "https://newer.test/mcp"), harness.surroundings)
        #expect(try await Asked(former).credential() == "send 1", "nothing has come in its place")
        #expect(try grant.logOut() != nil)
        #expect(try await Asked(former).credential() == "send nothing" && harness.kept == nil)
    }

    @Test("A renewal that is under way when the server moves counts where it was, and is kept for when it comes back")
    func movedDuringRenewal() async throws {
        let book = harness.book()
        let grant = book.grant(try harness.settings(), harness.surroundings)
        try await harness.logIn(to: grant)
        let (gate, former) = (EventQueue<Void>(), grant.here)
        harness.web.put(
            .init(body: Samples.token("second", refresh: "refresh-second"), gate: gate), at: Samples.tokenEndpoint)
        harness.pass(seconds: 4_000)
        let asked = Asked(former)
        asked.ask()
        while try await harness.web.arrivals.next().field("grant_type") != "refresh_token" {}
        _ = book.grant(try harness.settings(address: "https://new.test/mcp"), harness.surroundings)
        gate.add(())
        let shown = try await asked.next()
        #expect(shown.hasPrefix("send ") && shown != "send nothing" && shown != "send 1", "\(shown)")
        #expect(try await Asked(grant.here).credential() == "send nothing")
        #expect(harness.kept?.refreshToken == "refresh-second")
        _ = book.grant(try harness.settings(), harness.surroundings)
        #expect(grant.report.isHeld)
    }

    @Test("What could not be kept is held on to while the server is elsewhere: what is kept is older")
    func notKeptWhileAway() async throws {
        let book = harness.book()
        let grant = book.grant(try harness.settings(), harness.surroundings)
        try await harness.logIn(to: grant)
        harness.web.put(Samples.token("second", refresh: "refresh-second"), at: Samples.tokenEndpoint)
        harness.storage.fail("the disk is full")
        harness.pass(seconds: 4_000)
        #expect(try await Asked(grant).credential() == "send 2")
        for address in ["https://new.test/mcp", Samples.server] {
            _ = book.grant(try harness.settings(address: address), harness.surroundings)
        }
        harness.web.put(Samples.token("third"), at: Samples.tokenEndpoint)
        harness.pass(seconds: 4_000)
        #expect(try await Asked(grant).credential().hasPrefix("send "))
        #expect(harness.web.requests.last?.field("refresh_token") == "refresh-second")
    }

    @Test("A login that was everybody's is over where each caller logs in for himself, and its tokens are given back")
    func noLongerShared() async throws {
        let place = "https://login.example.com/revoke"
        harness.web.put(
            Samples.metadata(Samples.issuer, ["revocation_endpoint": "\"\(place)\""]), at: Samples.issuerPlace)
        let book = harness.book()
        let grant = book.grant(try harness.settings(), harness.surroundings)
        try await harness.logIn(to: grant)
        for isSame in [true, false] {
            let later = isSame ? book : harness.book()
            let parent = later.grant(try harness.settings(isPersonal: true), harness.surroundings)
            #expect(!parent.report.isHeld && !parent.grant(of: "ann").report.isHeld)
            #expect(try await Asked(parent.grant(of: "ann")).credential() == "send nothing")
            #expect(harness.kept == nil)
        }
        _ = try await harness.web.arrival(at: place)
    }

    @Test("A server that is gone is forgotten with its callers, whatever its settings said last")
    func goneForGood() async throws {
        let book = harness.book()
        let parent = book.grant(try harness.settings(isPersonal: true), harness.surroundings)
        try await harness.logIn(to: parent.grant(of: "ann"))
        _ = book.grant(try harness.settings(.clientCredentials), harness.surroundings)
        try book.forget("docs")
        #expect(harness.storage.files.keys.filter { $0 != "clients" }.isEmpty)
        let again = book.grant(try harness.settings(isPersonal: true), harness.surroundings)
        #expect(again !== parent && !again.report.isHeld && !again.grant(of: "ann").report.isHeld)
    }

    @Test("A login that has begun comes to nothing when the server was changed, forgotten or logged out of meanwhile")
    func overtaken() async throws {
        for number in 0..<3 {
            let book = harness.book()
            let grant = book.grant(try harness.settings(), harness.surroundings)
            let gate = EventQueue<Void>()
            harness.web.put(.init(body: Samples.token("late", refresh: "r"), gate: gate), at: Samples.tokenEndpoint)
            let harness = harness
            let login = Task { try await harness.logIn(to: grant) }
            _ = try await harness.web.arrival(at: Samples.tokenEndpoint)
            switch number {
            case 0: _ = book.grant(try harness.settings(address: "https://evil.test/mcp"), harness.surroundings)
            case 1: try book.forget("docs")
            default: _ = try grant.logOut()
            }
            gate.add(())
            await #expect(throws: GrantFailure.self) { try await login.value }
            #expect(!grant.report.isHeld && harness.kept == nil)
        }
    }

    @Test("A grant is renewed with the secret that its client has by now, and not ended for a wrong one")
    func rotatedSecret() async throws {
        let book = harness.book()
        func settings(_ secret: String) throws -> GrantSettings {
            try harness.settings(client: GrantClient(identifier: "app", proof: .secret(secret), issuer: nil))
        }
        let grant = book.grant(try settings("old"), harness.surroundings)
        try await harness.logIn(to: grant)
        harness.pass(seconds: 4_000)
        harness.web.put(.init(status: 401, body: #"{"error":"invalid_client"}"#), at: Samples.tokenEndpoint)
        #expect(try await Asked(grant).credential().contains("there is no token for it"))
        #expect(grant.report.need == nil)
        _ = book.grant(try settings("new"), harness.surroundings)
        harness.web.put(Samples.token("second", refresh: "refresh-second"), at: Samples.tokenEndpoint)
        harness.pass(seconds: 2)
        #expect(try await Asked(grant).credential() == "send 2")
        let request = try #require(harness.web.requests.last)
        #expect(request.header("Authorization") == "Basic \(Base64.encode(Array("app:new".utf8)))")
    }

    @Test("The name of a file says nothing and fits everywhere, and no two are the same")
    func names() {
        let names = [
            GrantBook.digest(of: "a", nil), GrantBook.digest(of: "../../etc/passwd", nil),
            GrantBook.digest(of: "", nil),
            GrantBook.digest(of: "a", ""), GrantBook.digest(of: "a", "b"), GrantBook.digest(of: "ab", ""),
            GrantBook.digest(of: "e\u{301}", nil), GrantBook.digest(of: "\u{E9}", nil),
        ]
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.utf8.count == 32 && $0.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) } })
        #expect(GrantBook.digest(of: "a", nil) == "ca978112ca1bbdcafac231b39a23dc4d", "the beginning of its SHA-256")
    }

    @Test("Callers have grants of their own where the server is called for each, and share one elsewhere")
    func personal() async throws {
        let shared = try harness.grant()
        #expect(shared.grant(of: "ann") === shared)
        let parent = try harness.grant(nil, try harness.settings(isPersonal: true))
        let (ann, bob) = (parent.grant(of: "ann"), parent.grant(of: "bob"))
        #expect(ann !== bob && ann !== parent && parent.grant(of: "ann") === ann)
        #expect(ann.grant(of: "bob") === ann)
        try await harness.logIn(to: ann)
        #expect(try await Asked(ann).credential() == "send 1")
        #expect(try await Asked(bob).credential() == "send nothing")
        #expect(try await Asked(parent).credential() == "send nothing")
        #expect(parent.report.isHeld && !bob.report.isHeld)
        let again = harness.book().grant(try harness.settings(isPersonal: true), harness.surroundings)
        #expect(again.report.isHeld, "somebody has logged in, although he has not come yet")
        #expect(again.grant(of: "ann").report.isHeld && !again.grant(of: "bob").report.isHeld)
    }

    @Test(
        "With a server the logins of all its callers are forgotten and given back, also of those who have not come in this run"
    )
    func forgotten() async throws {
        let place = "https://login.example.com/revoke"
        harness.web.put(
            Samples.metadata(Samples.issuer, ["revocation_endpoint": "\"\(place)\""]), at: Samples.issuerPlace)
        let settings = try harness.settings(isPersonal: true)
        let parent = try harness.grant(nil, settings)
        for name in ["ann", "bob"] { try await harness.logIn(to: parent.grant(of: name)) }
        let other = GrantBook.file(of: "docsy", "ann")
        harness.storage.files[other] = [1]
        let again = harness.book().grant(settings, harness.surroundings)
        #expect(again.grant(of: "ann").report.isHeld)
        try again.book.forget("docs")
        #expect(!again.report.isHeld && !again.grant(of: "ann").report.isHeld && !again.grant(of: "bob").report.isHeld)
        #expect(harness.storage.files.keys.filter { $0 != "clients" } == [other])
        for _ in 0..<2 { _ = try await harness.web.arrival(at: place) }
    }

    @Test(
        "Where authorization servers are reached in another way now, the grant that stays goes that way, for each caller"
    )
    func otherWay() async throws {
        let book = harness.book()
        let settings = try harness.settings(isPersonal: true)
        var surroundings = harness.surroundings
        surroundings.send = { (_) async throws(UpstreamFailure) in throw UpstreamFailure(.notReachable, "no way") }
        let grant = book.grant(settings, surroundings).grant(of: "ann")
        await #expect(throws: GrantFailure.self) { try await harness.logIn(to: grant) }
        #expect(book.grant(settings, harness.surroundings).grant(of: "ann") === grant)
        try await harness.logIn(to: grant)
        #expect(grant.report.isHeld)
    }

    @Test("What may be somebody else's at the next start is not kept")
    func notKept() async throws {
        let parent = try harness.grant(nil, try harness.settings(isPersonal: true))
        try await harness.logIn(to: parent.grant(of: "token 1"))
        #expect(parent.grant(of: "token 1").report.isHeld)
        #expect(harness.storage.files.keys.filter { $0 != "clients" }.isEmpty)
    }
}
