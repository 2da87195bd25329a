import MCPCore
import NIOCore
import Testing

@testable import Grants

/// As whom the proxy asks an authorization server.
@Suite struct RegistrarTests {
    private let harness = GrantHarness()
    private let clients: ClientShelf

    init() {
        clients = ClientShelf(harness.shelf())
    }

    private func registrar(_ client: GrantClient? = nil, document: String? = nil) throws -> Registrar {
        Registrar(
            settings: try harness.settings(client: client, document: document), requests: try harness.requests(),
            clients: clients)
    }

    private func client(
        _ more: [String: String] = [:], _ client: GrantClient? = nil, document: String? = nil,
        redirect: String = Samples.redirect
    ) async throws -> RegisteredClient {
        try await registrar(client, document: document).client(
            of: try Samples.authorizationServer(more), redirect: redirect)
    }

    private static let configured = GrantClient(identifier: "me", proof: .none, issuer: nil)
    private static let document = "https://proxy.example.com/oauth/client-metadata.json"
    private static let takesDocuments = ["client_id_metadata_document_supported": "true"]

    @Test("What is configured comes first, then a document, then what was registered before, then a registration")
    func order() async throws {
        #expect(try await client(Self.takesDocuments, Self.configured, document: Self.document).identifier == "me")
        let documented = try await client(Self.takesDocuments, document: Self.document)
        #expect(documented.identifier == Self.document && documented.method == .none && documented.secret == nil)
        #expect(harness.web.requests.isEmpty)
        #expect(try await client(document: Self.document).identifier == "registered", "it takes no documents")
        #expect(try await client(Self.takesDocuments).identifier == "registered", "there is no document")
        #expect(harness.web.lines == ["POST \(Samples.registration)"], "what is known is not registered again")
    }

    @Test("A registration is for one issuer and one redirect")
    func bound() async throws {
        _ = try await client()
        harness.web.put(#"{"client_id":"second"}"#, at: Samples.registration)
        #expect(try await client(redirect: "http://127.0.0.1:6666/callback").identifier == "second")
        #expect(try await client().identifier == "registered")
        #expect(clients.client(of: Samples.issuer + "/", redirect: Samples.redirect) == nil)
    }

    @Test("What is sent is what the proxy is")
    func request() async throws {
        _ = try await client()
        let root = try Samples.json(try #require(harness.web.requests.first).body).root
        #expect(root["redirect_uris"]?.texts(9) == [Samples.redirect])
        #expect(root["grant_types"]?.texts(9) == ["authorization_code", "refresh_token"])
        #expect(root["response_types"]?.texts(9) == ["code"])
        #expect(root["application_type"]?.string == "native")
        #expect(root["token_endpoint_auth_method"]?.string == "none")
        #expect(root["client_name"]?.string == "mcp-proxy")
        #expect(root["client_id"] == nil)
    }

    @Test(
        "A client without a secret is asked for where that is possible",
        arguments: [
            ("", "client_secret_basic"), (#"["none","client_secret_post"]"#, "none"),
            (#"["client_secret_post"]"#, "client_secret_post"),
            (#"["client_secret_post","client_secret_basic"]"#, "client_secret_basic"),
            (#"["private_key_jwt"]"#, "none"), ("[]", "none"),
        ])
    func wanted(offered: String, method: String) async throws {
        _ = try await client(["token_endpoint_auth_methods_supported": offered])
        let root = try Samples.json(try #require(harness.web.requests.first).body).root
        #expect(root["token_endpoint_auth_method"]?.string == method)
    }

    @Test(
        "What the server has given is used as it says",
        arguments: [
            (#"{"client_id":"c"}"#, RegisteredClient.Method.none, nil),
            (#"{"client_id":"c","client_secret":"s"}"#, .basic, "s"),
            (#"{"client_id":"c","client_secret":"s","token_endpoint_auth_method":"client_secret_post"}"#, .post, "s"),
            (#"{"client_id":"c","token_endpoint_auth_method":"client_secret_post"}"#, .none, nil),
            (#"{"client_id":"c","client_secret":"s","token_endpoint_auth_method":"none"}"#, .basic, "s"),
            (#"{"client_id":"c","client_secret":"s","token_endpoint_auth_method":"private_key_jwt"}"#, .basic, "s"),
            (#"{"client_id":"c","token_endpoint_auth_method":"tls_client_auth"}"#, .none, nil),
        ] as [(String, RegisteredClient.Method, String?)])
    func given(answer: String, method: RegisteredClient.Method, secret: String?) async throws {
        harness.web.put(.init(status: 201, body: answer), at: Samples.registration)
        let client = try await client()
        #expect(client.method == method && client.secret == secret && client.issuer == Samples.issuer)
        #expect(client.redirect == Samples.redirect)
    }

    @Test(
        "A refusal is shown, and what to do instead",
        arguments: [
            (
                400, #"{"error":"invalid_redirect_uri","error_description":"not that"}"#,
                "invalid_redirect_uri: not that"
            ),
            (403, "{}", "it answers with status 403"), (200, "{}", "it answers with status 200"),
            (200, #"{"client_id":""}"#, "it answers with status 200"), (200, #"{"client_id":7}"#, "status 200"),
        ])
    func refused(status: Int, answer: String, words: String) async throws {
        harness.web.put(.init(status: status, body: answer), at: Samples.registration)
        let (registrar, server) = (try registrar(), try Samples.authorizationServer())
        let failure = await Samples.failure { () async throws(GrantFailure) in
            try await registrar.client(of: server, redirect: Samples.redirect)
        }
        #expect(failure?.words.contains(words) == true)
        #expect(failure?.words.hasSuffix("set auth.clientID of the server") == true)
        #expect(clients.client(of: Samples.issuer, redirect: Samples.redirect) == nil)
    }

    @Test("Where nothing helps it is said what to configure")
    func nothing() async throws {
        let (registrar, server) = (try registrar(), try Samples.authorizationServer(["registration_endpoint": ""]))
        let words = await Samples.failure { () async throws(GrantFailure) in
            try await registrar.client(of: server, redirect: Samples.redirect)
        }?.words
        #expect(words?.contains("with the redirect URI \(Samples.redirect)") == true)
        #expect(words?.contains("auth.clientID") == true)
    }

    @Test(
        "A configured client shows who it is as the server takes it",
        arguments: [
            (.none, "", .none), (.secret("s"), "", .basic), (.secret("s"), #"["client_secret_post"]"#, .post),
            (.secret("s"), #"["client_secret_post","client_secret_basic"]"#, .basic),
            (.secret("s"), #"["tls_client_auth"]"#, .basic), (.privateKeyFile("key"), "", .privateKey),
            (.privateKeyFile("key"), #"["client_secret_basic"]"#, .privateKey),
        ] as [(GrantClient.Proof, String, RegisteredClient.Method)])
    func methods(proof: GrantClient.Proof, offered: String, method: RegisteredClient.Method) throws {
        let client = GrantClient(identifier: "me", proof: proof, issuer: nil)
        let server = try Samples.authorizationServer(["token_endpoint_auth_methods_supported": offered])
        #expect(try registrar(client).configured(for: server)?.method == method)
        #expect(try registrar().configured(for: server) == nil)
    }
}
