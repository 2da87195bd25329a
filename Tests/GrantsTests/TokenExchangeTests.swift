import Addresses
import MCPTestSupport
import NIOCore
import Testing

@testable import Grants

/// Servers whose tokens are got for those with which callers come.
@Suite(.timeLimit(.minutes(2))) struct TokenExchangeTests {
    private let harness = GrantHarness()

    private var tokenRequests: [ScriptedWeb.Request] {
        harness.web.requests.filter { $0.line == "POST \(Samples.tokenEndpoint)" }
    }

    @Test("What is being got for one token of a caller's does not count for the next one")
    func otherToken() async throws {
        let gate = EventQueue<Void>()
        harness.web.put(.init(body: Samples.token("got"), gate: gate), at: Samples.tokenEndpoint)
        let book = harness.book()
        let settings = try harness.settings(
            .tokenExchange(at: try HTTPURL(Samples.tokenEndpoint), audience: nil),
            client: GrantClient(identifier: "me", proof: .secret("s"), issuer: nil), isPersonal: true)
        let grant = book.grant(settings, harness.surroundings).grant(of: "ann")
        book.callerTokens.note("first", of: "ann", until: .distantFuture)
        let asked = Asked(grant)
        asked.ask()
        _ = try await harness.web.arrival(at: Samples.tokenEndpoint)
        book.callerTokens.note("second", of: "ann", until: .distantFuture)
        asked.ask()
        gate.add(())
        #expect(Set(try await asked.next(2)) == ["send 1"], "both wait for the same one")
        gate.add(())
        #expect(try await asked.credential() == "send 2")
        #expect(tokenRequests.map { $0.field("subject_token") } == ["first", "second"])
    }
}
