import Crypto
import MCPCore
import MCPTestSupport
import MCPUpstream
import Synchronization
import Testing

@testable import Grants

/// Servers for which the proxy gets a token of its own, with nobody's help.
@Suite(.timeLimit(.minutes(2))) struct ClientCredentialsTests {
    private let harness = GrantHarness()

    private func grant(
        _ proof: GrantClient.Proof = .secret("s:&"), scopes: [String] = [], issuer: String? = nil,
        kept: GrantFacts? = nil
    ) throws -> ServerGrant {
        let client = GrantClient(identifier: "me", proof: proof, issuer: issuer)
        return try harness.grant(kept, try harness.settings(.clientCredentials, scopes: scopes, client: client))
    }

    private var tokenRequests: [ScriptedWeb.Request] {
        harness.web.requests.filter { $0.line == "POST \(Samples.tokenEndpoint)" }
    }

    @Test("The first request waits for a token, as all do that come meanwhile")
    func obtains() async throws {
        let gate = EventQueue<Void>()
        harness.web.put(.init(body: Samples.token("own"), gate: gate), at: Samples.tokenEndpoint)
        let asked = Asked(try grant(scopes: ["read"]))
        for _ in 0..<100 { asked.ask() }
        gate.add(())
        #expect(Set(try await asked.next(100)) == ["send 1"])
        #expect(tokenRequests.count == 1)
        let request = try #require(tokenRequests.first)
        #expect(request.field("grant_type") == "client_credentials" && request.field("resource") == Samples.server)
        #expect(request.field("scope") == "read")
        #expect(request.header("Authorization") == "Basic \(Base64.encode(Array("me:s%3A%26".utf8)))")
        #expect(request.field("client_id") == "me", "many look for it in the form alone")
        #expect(request.field("client_secret") == nil)
        #expect(!harness.web.lines.contains("POST \(Samples.registration)"))
    }

    @Test("Where the server wants the secret in the form it stands there, and no scopes where there are none")
    func post() async throws {
        harness.web.put(
            Samples.metadata(Samples.issuer, ["token_endpoint_auth_methods_supported": #"["client_secret_post"]"#]),
            at: Samples.issuerPlace)
        #expect(try await Asked(grant()).credential() == "send 1")
        let request = try #require(tokenRequests.first)
        #expect(request.field("client_id") == "me" && request.field("client_secret") == "s:&")
        #expect(request.header("Authorization") == nil && request.field("scope") == nil)
    }

    @Test("A client with a key signs with it, as its file is then")
    func key() async throws {
        let asked = Asked(try grant(.privateKeyFile("/key")))
        #expect(try await asked.credential() == "notReachable: there is no token for it: /key is not there")
        #expect(tokenRequests.isEmpty)
        harness.files.withLock { $0["/key"] = P256.Signing.PrivateKey().pemRepresentation }
        harness.pass(seconds: 1)
        #expect(try await asked.credential() == "send 1")
        let request = try #require(tokenRequests.first)
        #expect(request.field("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        #expect(request.field("client_assertion")?.split(separator: ".").count == 3)
        #expect(request.field("client_id") == "me" && request.field("client_secret") == nil)
        #expect(request.header("Authorization") == nil)
    }

    @Test("It is got anew before its end, without a refresh token, and nobody is ever asked to log in")
    func renewed() async throws {
        let grant = try grant()
        let asked = Asked(grant)
        #expect(try await asked.credential() == "send 1")
        harness.web.put(
            .init(status: 401, body: #"{"error":"invalid_client"}"#), .init(body: Samples.token("own")),
            at: Samples.tokenEndpoint)
        harness.pass(seconds: 4_000)
        #expect(
            try await asked.credential()
                == "notReachable: there is no token for it: \(Samples.tokenEndpoint) gives no token: invalid_client")
        #expect(grant.report.need == nil)
        harness.pass(seconds: 1)
        #expect(try await asked.credential() == "send 2")
        #expect(tokenRequests.allSatisfy { $0.field("grant_type") == "client_credentials" })
    }

    @Test("One that is refused is got anew once; then the refusal is the answer")
    func refused() async throws {
        let asked = Asked(try grant())
        #expect(try await asked.credential() == "send 1")
        #expect(try await asked.judge(Asked.refusal(showing: 1)) == "again")
        #expect(try await asked.judge(Asked.refusal(showing: 2)) == "stands")
        #expect(tokenRequests.count == 2)
    }

    @Test("More scopes are asked for, with those before, twice")
    func stepUp() async throws {
        let asked = Asked(try grant(scopes: ["read"]))
        #expect(try await asked.credential() == "send 1")
        #expect(try await asked.judge(Asked.wantsMore("write", showing: 1)) == "again")
        #expect(tokenRequests.last?.field("scope") == "read write")
        #expect(try await asked.judge(Asked.wantsMore("write", showing: 2)) == "again")
        #expect(try await asked.judge(Asked.wantsMore("write", showing: 3)) == "stands")
    }

    @Test("A client that is for another issuer than the server's is not shown to it")
    func otherIssuer() async throws {
        let asked = Asked(try grant(issuer: "https://other.example.com"))
        #expect(try await asked.credential().contains("auth.clientID is for the issuer"))
        #expect(tokenRequests.isEmpty)
    }

    @Test("What the proxy gets by itself is not kept, and what somebody has logged in for is not shown")
    func kept() async throws {
        #expect(try await Asked(grant()).credential() == "send 1")
        #expect(harness.kept == nil)
        let persons = try Samples.facts("persons-token")
        #expect(try await Asked(grant(kept: persons)).credential() == "send 1")
        #expect(tokenRequests.count == 2)
    }

    @Test("Nobody logs in to it, and who logs it out has a new token got")
    func login() async throws {
        let grant = try grant()
        #expect(try await Asked(grant).credential() == "send 1")
        let failure = await Samples.failure { () async throws(GrantFailure) in
            try await grant.beginLogin(redirect: Samples.redirect, browser: nil)
        }
        #expect(failure?.words.contains("nobody logs in to it") == true)
        #expect(try grant.logOut() != nil)
        #expect(grant.report.need == nil && harness.kept == nil)
        #expect(try await Asked(grant).credential() == "send 3")
        #expect(tokenRequests.count == 2)
    }
}
