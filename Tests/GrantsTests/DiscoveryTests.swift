import Addresses
import MCPUpstream
import Testing

@testable import Grants

/// Who protects a server, found out as the specification says.
@Suite struct DiscoveryTests {
    private let harness = GrantHarness(isProtected: false)

    private func discovery(
        of server: String = Samples.server, client: GrantClient? = nil
    ) throws -> Discovery {
        Discovery(
            settings: try harness.settings(address: server, client: client), requests: try harness.requests(for: server)
        )
    }

    private func protection(_ challenge: String? = nil, of server: String = Samples.server) async throws -> Protection {
        try await discovery(of: server).protection(challenge.flatMap { BearerChallenge([$0]) })
    }

    private func failure(
        _ challenge: String? = nil, of server: String = Samples.server, client: GrantClient? = nil
    ) async throws -> GrantFailure? {
        let discovery = try discovery(of: server, client: client)
        return await Samples.failure { () async throws(GrantFailure) in
            try await discovery.protection(challenge.flatMap { BearerChallenge([$0]) })
        }
    }

    @Test("What the server names in its challenge comes first, and alone")
    func named() async throws {
        let place = "https://mcp.example.com/meta"
        harness.web.put(Samples.resource(scopes: ["a"]), at: place)
        harness.web.put(Samples.metadata(), at: Samples.issuerPlace)
        let found = try await protection("Bearer resource_metadata=\"\(place)\"")
        #expect(found.resource == Samples.server && found.scopesSupported == ["a"])
        #expect(found.server.issuer == Samples.issuer)
        #expect(harness.web.lines == ["GET \(place)", "GET \(Samples.issuerPlace)"])
        harness.web.remove(place)
        harness.web.put(Samples.resource(), at: Samples.resourcePlace)
        #expect(
            try await failure("Bearer resource_metadata=\"\(place)\"")?.words
                == "the server has its metadata at \(place), where there is none")
    }

    @Test(
        "A place that may not be called is not called",
        arguments: ["http://127.0.0.1/", "file:///etc/passwd", "meta", ""])
    func badPlace(place: String) async throws {
        let failure = try await failure("Bearer resource_metadata=\"\(place)\"")
        #expect(failure?.kind == .unusable)
        #expect(failure?.words.contains(place) == true)
        #expect(harness.web.requests.isEmpty)
    }

    @Test("Without a name the path form is tried, and then the root")
    func wellKnown() async throws {
        let root = "https://mcp.example.com/.well-known/oauth-protected-resource"
        harness.web.put(Samples.resource("https://mcp.example.com"), at: root)
        harness.web.put(Samples.metadata(), at: Samples.issuerPlace)
        #expect(try await protection("Bearer").resource == "https://mcp.example.com")
        #expect(harness.web.lines == ["GET \(Samples.resourcePlace)", "GET \(root)", "GET \(Samples.issuerPlace)"])
        harness.web.put(Samples.resource(), at: Samples.resourcePlace)
        #expect(try await protection().resource == Samples.server, "the most specific one")
    }

    @Test("A page in the place of a document is passed over, as servers of pages have one everywhere")
    func pages() async throws {
        let page = ScriptedWeb.Page(body: "<html>", isJSON: false)
        let root = "https://mcp.example.com/.well-known/oauth-protected-resource"
        let own = "https://mcp.example.com/.well-known/oauth-authorization-server"
        for place in [Samples.resourcePlace, root, own] { harness.web.put(page, at: place) }
        #expect(try await failure()?.kind == .unprotected, "the server may know nothing of logins")
        harness.web.put(Samples.resource("https://mcp.example.com"), at: root)
        harness.web.put(page, at: Samples.issuerPlace)
        #expect(
            try await failure()?.words == "\(Samples.issuerPlace) answers with status 200 and not in JSON",
            "who is named as an authorization server is one")
        harness.web.put(Samples.metadata(), at: "https://login.example.com/.well-known/openid-configuration")
        #expect(try await protection().server.issuer == Samples.issuer)
    }

    @Test("A document of another resource ends it, wherever it stands")
    func otherResource() async throws {
        harness.web.put(Samples.resource("https://evil.test/mcp"), at: Samples.resourcePlace)
        #expect(try await failure()?.words.contains("is about the resource \"https://evil.test/mcp\"") == true)
        #expect(harness.web.requests.count == 1)
    }

    @Test("An issuer with a path has its metadata at three places, in this order")
    func issuerPlaces() async throws {
        let issuer = "https://login.example.com/tenant"
        harness.web.put(Samples.resource(issuers: [issuer]), at: Samples.resourcePlace)
        let places = [
            "https://login.example.com/.well-known/oauth-authorization-server/tenant",
            "https://login.example.com/.well-known/openid-configuration/tenant",
            "https://login.example.com/tenant/.well-known/openid-configuration",
        ]
        #expect(
            try await failure()?.words
                == "the authorization server \(issuer) says nothing of itself: there is no document at \(places.joined(separator: ", "))"
        )
        #expect(harness.web.lines.dropFirst() == places.map { "GET \($0)" }[...])
        harness.web.put(Samples.metadata(issuer), at: places[2])
        #expect(try await protection().server.issuer == issuer)
        harness.web.put(Samples.metadata("https://login.example.com"), at: places[0])
        #expect(try await failure()?.words.contains("it is not used") == true, "the first that is there counts")
    }

    @Test("An issuer without a path has two, with a slash at its end or without", arguments: ["", "/"])
    func rootIssuer(slash: String) async throws {
        let issuer = Samples.issuer + slash
        harness.web.put(Samples.resource(issuers: [issuer]), at: Samples.resourcePlace)
        let second = "https://login.example.com/.well-known/openid-configuration"
        harness.web.put(Samples.metadata(issuer), at: second)
        #expect(try await protection().server.issuer == issuer)
        #expect(harness.web.lines.dropFirst() == ["GET \(Samples.issuerPlace)", "GET \(second)"])
        harness.web.put(Samples.metadata(slash.isEmpty ? issuer + "/" : Samples.issuer), at: second)
        #expect(try await failure()?.words.contains("it is not used") == true)
    }

    @Test(
        "An issuer that is no https address is not asked",
        arguments: [
            "http://login.example.com", "http://127.0.0.1:9", "login.example.com", "", "https://login.example.com?x",
            "javascript:alert(1)", "https://u:p@login.example.com",
        ])
    func badIssuer(issuer: String) async throws {
        harness.web.put(Samples.resource(issuers: [issuer]), at: Samples.resourcePlace)
        #expect(
            try await failure()?.words
                == "the server names the authorization server \"\(issuer)\", which is no https URL")
        #expect(harness.web.requests.count == 1)
    }

    @Test("On this machine http will do, on both sides")
    func loopback() async throws {
        let (server, issuer) = ("http://127.0.0.1:8080/mcp", "http://localhost:9000")
        harness.web.put(
            Samples.resource(server, issuers: [issuer]),
            at: "http://127.0.0.1:8080/.well-known/oauth-protected-resource/mcp")
        harness.web.put(Samples.metadata(issuer), at: "\(issuer)/.well-known/oauth-authorization-server")
        #expect(try await protection(of: server).server.issuer == issuer)
    }

    @Test("Of several issuers the first is taken, or the one that knows the configured client")
    func several() async throws {
        let second = "https://other.example.com"
        harness.web.put(Samples.resource(issuers: [Samples.issuer, second]), at: Samples.resourcePlace)
        harness.web.put(Samples.metadata(), at: Samples.issuerPlace)
        harness.web.put(Samples.metadata(second), at: "\(second)/.well-known/oauth-authorization-server")
        #expect(try await protection().server.issuer == Samples.issuer)
        let client = GrantClient(identifier: "me", proof: .none, issuer: second)
        #expect(try await discovery(client: client).protection(nil).server.issuer == second)
        let strange = GrantClient(identifier: "me", proof: .none, issuer: second + "/")
        let words = try await failure(client: strange)?.words
        #expect(words?.contains("auth.clientID is for the issuer \"\(second)/\"") == true)
        #expect(words?.contains("\"\(Samples.issuer)\", \"\(second)\"") == true)
    }

    @Test("A server of 2025-03-26 is its own authorization server, with a slash or without", arguments: ["", "/"])
    func own(slash: String) async throws {
        let issuer = "https://mcp.example.com\(slash)"
        let place = "https://mcp.example.com/.well-known/oauth-authorization-server"
        harness.web.put(Samples.metadata(issuer), at: place)
        let found = try await protection()
        #expect(found.resource == Samples.server && found.server.issuer == issuer && found.scopesSupported == nil)
        #expect(harness.web.lines.last == "GET \(place)")
        harness.web.put(Samples.metadata("https://evil.test"), at: place)
        #expect(try await failure()?.kind == .unusable)
    }

    @Test("A server that says nothing is not protected, and it is said where that was looked for")
    func unprotected() async throws {
        let failure = try await failure()
        #expect(failure?.kind == .unprotected)
        #expect(failure?.words.contains(Samples.resourcePlace) == true)
    }

    @Test("Troubles on the way are no answer")
    func troubles() async throws {
        harness.web.put(.init(status: 503), at: Samples.resourcePlace)
        #expect(try await failure()?.kind == .unreachable)
        harness.web.put(Samples.resource(), at: Samples.resourcePlace)
        harness.web.put(.init(body: "<html>", isJSON: false), at: Samples.issuerPlace)
        #expect(try await failure()?.kind == .noDocument)
    }
}
