import AccessTokens
import MCPTestSupport
import MCPUpstream
import NIOCore
import Synchronization
import Testing

@testable import Grants

/// A grant that is held: shown, renewed once for all, kept before it is used, and never lost.
@Suite(.timeLimit(.minutes(2))) struct ServerGrantRenewalTests {
    private let harness = GrantHarness()
    private static let loginNeeded = "loginNeeded: mcp-proxy login docs"

    private func second(gate: EventQueue<Void>? = nil) -> ScriptedWeb.Page {
        .init(body: Samples.token("second", refresh: "refresh-second"), gate: gate)
    }

    @Test("What was kept is shown at the next start")
    func kept() async throws {
        let grant = try harness.grant(try Samples.facts())
        #expect(try await Asked(grant).credential() == "send 1")
        #expect(grant.report == GrantReport(need: nil, isHeld: true, end: nil, account: nil))
        #expect(harness.web.requests.isEmpty)
    }

    @Test("What was got for another address is not shown at this one, and the path does not matter")
    func otherAddress() async throws {
        for resource in ["https://other.example.com/mcp", "http://mcp.example.com/mcp", "mcp"] {
            let grant = try harness.grant(try Samples.facts(resource: resource))
            #expect(try await Asked(grant).credential() == "send nothing")
            #expect(!grant.report.isHeld)
        }
        #expect(
            try await Asked(harness.grant(try Samples.facts(resource: "https://mcp.example.com"))).credential()
                == "send 1")
    }

    @Test("A token that nobody can renew ends at a time, which is told")
    func ends() throws {
        let facts = try Samples.facts(refresh: nil)
        #expect(try harness.grant(facts).report.end == facts.expiry)
    }

    @Test("A hundred requests that come after its end wait for one renewal")
    func singleFlight() async throws {
        let grant = try harness.grant(try Samples.facts())
        let gate = EventQueue<Void>()
        harness.web.put(second(gate: gate), at: Samples.tokenEndpoint)
        harness.pass(seconds: 4_000)
        let asked = Asked(grant)
        for _ in 0..<100 { asked.ask() }
        let request = try await harness.web.arrivals.next()
        for _ in 0..<100 { asked.ask() }
        #expect(asked.rest.isEmpty)
        gate.add(())
        #expect(Set(try await asked.next(200)) == ["send 2"])
        #expect(harness.web.requests.count == 1)
        #expect(request.field("grant_type") == "refresh_token" && request.field("refresh_token") == "refresh-first")
        #expect(request.field("resource") == Samples.server && request.field("client_id") == "proxy")
        #expect(request.field("client_secret") == nil && request.header("Authorization") == nil)
    }

    @Test("More than a thousand do not wait")
    func waiting() async throws {
        let grant = try harness.grant(try Samples.facts())
        let gate = EventQueue<Void>()
        harness.web.put(second(gate: gate), at: Samples.tokenEndpoint)
        harness.pass(seconds: 4_000)
        let asked = Asked(grant)
        for _ in 0..<ServerGrant.maximumWaiting { asked.ask() }
        #expect(asked.rest.isEmpty)
        #expect(
            try await asked.credential().hasPrefix("notReachable: there is no token for it: too many requests wait"))
        asked.bring(Asked.refusal(showing: 1))
        #expect(try await asked.next() == "stands")
        gate.add(())
        #expect(Set(try await asked.next(ServerGrant.maximumWaiting)) == ["send 2"])
    }

    @Test("Before its end it is renewed beside its use")
    func ahead() async throws {
        let grant = try harness.grant(try Samples.facts())
        let (gate, asked) = (EventQueue<Void>(), Asked(grant))
        harness.web.put(second(gate: gate), at: Samples.tokenEndpoint)
        harness.pass(seconds: 3_590)
        #expect(try await asked.credential() == "send 1")
        #expect(try await asked.credential() == "send 1")
        let told = try await changes(of: grant) { gate.add(()) }
        #expect(told.isHeld)
        #expect(try await asked.credential() == "send 2")
        #expect(harness.web.requests.count == 1)
    }

    /// The next change that is told.
    private func changes(of grant: ServerGrant, after body: () -> Void) async throws -> GrantReport {
        let queue = EventQueue<GrantReport>()
        grant.listen(as: ObjectIdentifier(queue)) { report, _ in
            queue.add(report)
            return true
        }
        body()
        return try await queue.next()
    }

    @Test("It is kept before anybody uses it")
    func keptFirst() async throws {
        let grant = try harness.grant(try Samples.facts())
        let shown = Mutex<[Int?]>([])
        harness.storage.observe { [weak grant] _ in
            let edition = grant?.state.withLock { $0.grant.credential?.edition }
            shown.withLock { $0.append(edition) }
        }
        harness.web.put(second(), at: Samples.tokenEndpoint)
        harness.pass(seconds: 4_000)
        #expect(try await Asked(grant).credential() == "send 2")
        #expect(shown.withLock { $0 } == [1])
        #expect(harness.kept?.accessToken == "second" && harness.kept?.refreshToken == "refresh-second")
        #expect(harness.kept?.resource == Samples.server)
    }

    @Test("What cannot be kept is used as long as the run lasts, and the log says so")
    func notKept() async throws {
        let grant = try harness.grant(try Samples.facts())
        harness.web.put(second(), at: Samples.tokenEndpoint)
        harness.storage.fail("the disk is full")
        harness.pass(seconds: 4_000)
        #expect(try await Asked(grant).credential() == "send 2")
        #expect(
            harness.log.lines == [
                "a login is not kept for the next start, and counts until this run ends error=the disk is full server=docs"
            ])
    }

    @Test(
        "A renewal that is refused for good: all who wait hear that somebody has to log in, and so does the next start",
        arguments: ["invalid_grant", "invalid_client", "unauthorized_client"])
    func forGood(code: String) async throws {
        let grant = try harness.grant(try Samples.facts())
        let (gate, asked) = (EventQueue<Void>(), Asked(grant))
        harness.web.put(.init(status: 400, body: #"{"error":"\#(code)"}"#, gate: gate), at: Samples.tokenEndpoint)
        harness.pass(seconds: 4_000)
        for _ in 0..<10 { asked.ask() }
        gate.add(())
        #expect(Set(try await asked.next(10)) == [Self.loginNeeded])
        #expect(grant.report.need == GrantReport.Need(words: "mcp-proxy login docs", isForEverything: true))
        #expect(harness.log.messages.filter { $0 == "a server wants somebody to log in" }.count == 1)
        #expect(try await asked.credential() == "send 1", "the server decides")
        #expect(try await asked.judge(Asked.refusal(showing: 1)) == Self.loginNeeded)
        #expect(harness.kept?.refreshToken == nil && harness.kept?.accessToken == "first")
        #expect(harness.web.requests.count == 1)
    }

    @Test(
        "One that fails for now loses nothing: it is tried again, and not before its time",
        arguments: [
            ScriptedWeb.Page(status: 503), .init(failure: UpstreamFailure(.timedOut, "it did not answer in time")),
            .init(body: "<html>", isJSON: false), .init(body: "{}"), .init(status: 429),
            .init(status: 400, body: #"{"error":"temporarily_unavailable"}"#), .init(status: 302, location: "/x"),
        ])
    func forNow(page: ScriptedWeb.Page) async throws {
        let grant = try harness.grant(try Samples.facts())
        let asked = Asked(grant)
        harness.web.put(page, second(), at: Samples.tokenEndpoint)
        harness.pass(seconds: 4_000)
        let words = try await asked.credential()
        #expect(words.hasPrefix("notReachable: there is no token for it: \(Samples.tokenEndpoint)"))
        #expect(try await asked.credential() == words, "nobody is asked for a second")
        #expect(grant.report.need == nil && harness.kept?.refreshToken == "refresh-first")
        #expect(harness.web.requests.count == 1)
        harness.pass(seconds: 1)
        #expect(try await asked.credential() == "send 2")
    }

    @Test("A hundred that were refused with the same token are sent again after one renewal")
    func refused() async throws {
        let grant = try harness.grant(try Samples.facts())
        let (gate, asked) = (EventQueue<Void>(), Asked(grant))
        harness.web.put(second(gate: gate), at: Samples.tokenEndpoint)
        for _ in 0..<100 { asked.bring(Asked.refusal(showing: 1)) }
        gate.add(())
        #expect(Set(try await asked.next(100)) == ["again"])
        #expect(try await asked.judge(Asked.refusal(showing: 1)) == "again", "one that comes late")
        #expect(try await asked.credential() == "send 2")
        #expect(harness.web.requests.count == 1)
        #expect(
            try await asked.judge(Asked.refusal(showing: 2))
                == "loginNeeded: once more, as somebody who may use it, because it refuses the login that there is: mcp-proxy login docs",
            "a new one that is refused at once")
        #expect(harness.web.requests.count == 1)
    }

    @Test("A refusal while the authorization server is away is a failure for now, and puts nobody out")
    func refusedWhileAway() async throws {
        let grant = try harness.grant(try Samples.facts())
        let asked = Asked(grant)
        harness.web.put(.init(status: 503), second(), at: Samples.tokenEndpoint)
        let words = try await asked.judge(Asked.refusal(showing: 1))
        #expect(words.hasPrefix("notReachable: "))
        #expect(try await asked.judge(Asked.refusal(showing: 1)) == words)
        #expect(grant.report.need == nil)
        harness.pass(seconds: 1)
        #expect(try await asked.judge(Asked.refusal(showing: 1)) == "again")
    }

    @Test(
        "Where renewals are refused again and again somebody is asked to log in, and it is tried again",
        arguments: [
            .init(status: 404, body: "<html>", isJSON: false),
            .init(status: 401, body: #"{"error":"invalid_request"}"#),
            .init(status: 302, location: "https://elsewhere.test/"),
        ] as [ScriptedWeb.Page])
    func refusedAgainAndAgain(page: ScriptedWeb.Page) async throws {
        let grant = try harness.grant(try Samples.facts())
        let asked = Asked(grant)
        harness.web.put(page, page, page, second(), at: Samples.tokenEndpoint)
        harness.pass(seconds: 4_000)
        for seconds in [1, 2] as [Int64] {
            #expect(try await asked.credential().hasPrefix("notReachable: there is no token for it: "))
            #expect(grant.report.need == nil)
            harness.pass(seconds: seconds)
        }
        for _ in 0..<2 {
            let words = try await asked.credential()
            #expect(words.hasPrefix("loginNeeded: once more, because its authorization server refuses to renew "))
            #expect(words.hasSuffix(": mcp-proxy login docs"))
            #expect(grant.report.need?.isForEverything == true && grant.report.isHeld && harness.kept != nil)
        }
        harness.pass(seconds: 4)
        #expect(try await asked.credential() == "send 2")
        #expect(grant.report.need == nil)
    }

    @Test("Who is away, or asks to be asked later, puts nobody out, however often")
    func awayAgainAndAgain() async throws {
        let grant = try harness.grant(try Samples.facts())
        let asked = Asked(grant)
        let later = ScriptedWeb.Page(status: 400, body: #"{"error":"temporarily_unavailable"}"#)
        harness.web.put(
            .init(status: 503), later, .init(status: 429), later, .init(status: 500), second(),
            at: Samples.tokenEndpoint)
        harness.pass(seconds: 4_000)
        for _ in 0..<5 {
            #expect(try await asked.credential().hasPrefix("notReachable: "))
            harness.pass(seconds: 60)
        }
        #expect(grant.report.need == nil)
        #expect(try await asked.credential() == "send 2")
    }

    @Test("Who logs out during a renewal stays out, here and at the next start", arguments: [true, false])
    func loggedOutMeanwhile(succeeds: Bool) async throws {
        let grant = try harness.grant(try Samples.facts())
        let (gate, asked) = (EventQueue<Void>(), Asked(grant))
        let page = ScriptedWeb.Page(status: 400, body: #"{"error":"invalid_grant"}"#, gate: gate)
        harness.web.put(succeeds ? second(gate: gate) : page, at: Samples.tokenEndpoint)
        harness.pass(seconds: 4_000)
        asked.ask()
        _ = try await harness.web.arrivals.next()
        #expect(try grant.logOut() != nil)
        gate.add(())
        #expect(try await asked.next() == Self.loginNeeded)
        #expect(!grant.report.isHeld && harness.kept == nil)
        #expect(try await asked.credential() == "send nothing")
    }

    @Test("Who logs in during a renewal keeps what he got, whatever comes of that", arguments: [true, false])
    func loggedInMeanwhile(succeeds: Bool) async throws {
        let grant = try harness.grant(try Samples.facts())
        let (gate, asked) = (EventQueue<Void>(), Asked(grant))
        let ended = ScriptedWeb.Page(status: 400, body: #"{"error":"invalid_grant"}"#, gate: gate)
        let new = ScriptedWeb.Page(body: Samples.token("new", refresh: "refresh-new"))
        harness.web.put(succeeds ? second(gate: gate) : ended, new, at: Samples.tokenEndpoint)
        harness.pass(seconds: 4_000)
        asked.ask()
        _ = try await harness.web.arrivals.next()
        _ = try await harness.logIn(to: grant)
        gate.add(())
        #expect(try await asked.next() == "send 2")
        #expect(try await asked.credential() == "send 2")
        #expect(harness.kept?.accessToken == "new" && harness.kept?.refreshToken == "refresh-new")
        #expect(grant.report.need == nil && grant.report.isHeld)
    }
}
