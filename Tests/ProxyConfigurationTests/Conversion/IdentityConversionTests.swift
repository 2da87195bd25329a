import MCPValues
import Testing

@testable import ProxyConfiguration

@Suite struct IdentityConversionTests {
    /// With one client that matches, so that only what is tested can be wrong.
    private func document(_ identity: String, baseURL: String? = "https://mcp.example.com") -> String {
        let base = baseURL.map { "\"baseURL\": \"\($0)\", " } ?? ""
        let clients = #""clients": {"staff": {"match": {"issuer": "https://a.example"}, "servers": ["*"]}}"#
        return
            #"{"mcpProxy": {\#(base)"identity": {\#(identity)}, \#(clients)}, "mcpServers": {"a": {"command": "b"}}}"#
    }

    /// What is wrong with an issuer. That no client matches one that is no issuer goes without saying.
    private func found(_ issuer: String, baseURL: String? = "https://mcp.example.com") -> [ConfigurationProblem] {
        errors(document(#""issuers": [{\#(issuer)}]"#, baseURL: baseURL)).filter {
            !$0.keyPath.hasPrefix("mcpProxy.clients")
        }
    }

    @Test("Every key is read")
    func allKeys() throws {
        let loaded = try load(
            document(
                #"""
                "issuers": [
                  {"issuer": "https://a.example", "audience": ["https://mcp.example.com", "mcp"],
                   "jwksURL": "https://keys.example.com/k?v=1", "algorithms": ["ES384", "Ed25519"], "clockLeeway": "5s",
                   "introspection": {"url": "http://127.0.0.1:8080/i", "clientID": "c", "clientSecret": "s"}},
                  {"issuer": "https://other.example.com", "audience": "mcp"}
                ],
                "scopesSupported": ["mcp", "mcp:write"], "requiredScopes": ["mcp"]
                """#))
        #expect(loaded.warnings.isEmpty)
        #expect(
            loaded.settings.identity
                == IdentitySettings(
                    issuers: [
                        TokenIssuerSettings(
                            issuer: "https://a.example", address: "https://a.example",
                            audiences: ["https://mcp.example.com", "mcp"], keysURL: "https://keys.example.com/k?v=1",
                            algorithms: [.es384, .edDSA], clockLeeway: .seconds(5),
                            introspection: .init(
                                url: "http://127.0.0.1:8080/i", clientID: "c", clientSecret: Secret("s"))),
                        TokenIssuerSettings(
                            issuer: "https://other.example.com", address: "https://other.example.com",
                            audiences: ["mcp"]),
                    ],
                    scopesSupported: ["mcp", "mcp:write"], requiredScopes: ["mcp"]))
    }

    @Test("Left out, the usual signatures count, a minute of leeway, and the proxy's own addresses")
    func defaults() throws {
        let issuer = try #require(
            try load(document(#""issuers": [{"issuer": "https://a.example"}]"#)).settings.identity.issuers.first)
        #expect(issuer.algorithms == [.rs256, .ps256, .es256, .edDSA])
        #expect(issuer.clockLeeway == .seconds(60))
        #expect(issuer.audiences.isEmpty)
        #expect(issuer.keysURL == nil && issuer.introspection == nil)
    }

    @Test("Without a name of the proxy's an audience has to be there")
    func audience() {
        #expect(
            found(#""issuer": "https://a.example""#, baseURL: nil).map(\.keyPath) == [
                "mcpProxy.identity.issuers[0].audience"
            ])
        let named = document(#""issuers": [{"issuer": "https://a.example", "audience": "a"}]"#, baseURL: nil)
        #expect(errors(named).isEmpty)
        #expect(warnings(named).map(\.keyPath) == ["mcpProxy.identity"], "clients may not find it")
        for audience in ["\"\"", "[]", "[\"a\", \"\"]", "1"] {
            #expect(!found(#""issuer": "https://a.example", "audience": \#(audience)"#).isEmpty, "\(audience)")
        }
    }

    @Test("What cannot be an issuer is refused, with what to write instead")
    func issuers() {
        for (issuer, words) in [
            ("\"\"", "is missing"), ("\"login\"", "http"), ("\"http://login.example.com\"", "on the way"),
            ("\"https://a@login.example.com\"", "user name"), ("\"https://login.example.com?a=b\"", "no query"),
        ] {
            let problems = found("\"issuer\": \(issuer)")
            #expect(problems.map(\.keyPath) == ["mcpProxy.identity.issuers[0].issuer"], "\(issuer)")
            #expect(problems.first?.message.contains(words) == true, "\(issuer): \(problems)")
            #expect(problems.first?.suggestion?.isEmpty == false)
        }
        #expect(found(#""issuer": "http://localhost:8080/realms/a""#).isEmpty, "on this machine nobody is on the way")
        #expect(found("").map(\.keyPath) == ["mcpProxy.identity.issuers[0].issuer"])
    }

    @Test("Keys and introspection are asked for over TLS")
    func addresses() {
        #expect(
            found(#""issuer": "https://a.example", "jwksURL": "http://a.example/keys""#).map(\.keyPath) == [
                "mcpProxy.identity.issuers[0].jwksURL"
            ])
        let inner = #""clientID": "a", "clientSecret": "b""#
        #expect(
            found(#""issuer": "https://a.example", "introspection": {"url": "http://a.example", \#(inner)}"#)
                .map(\.keyPath) == ["mcpProxy.identity.issuers[0].introspection.url"])
        #expect(
            found(#""issuer": "https://a.example", "introspection": {}"#).map(\.keyPath).sorted()
                == [
                    "clientID", "clientSecret", "url",
                ].map { "mcpProxy.identity.issuers[0].introspection.\($0)" })
    }

    @Test("Signatures that anybody could make are no algorithms")
    func algorithms() {
        for name in ["none", "HS256", "RS1", "es256", ""] {
            let problems = found(#""issuer": "https://a.example", "algorithms": ["ES256", "\#(name)"]"#)
            #expect(problems.map(\.keyPath) == ["mcpProxy.identity.issuers[0].algorithms[1]"], "\(name)")
        }
        #expect(
            found(#""issuer": "https://a.example", "algorithms": ["none"]"#).first?.suggestion?.contains("anybody")
                == true)
        #expect(found(#""issuer": "https://a.example", "algorithms": []"#).count == 1)
    }

    @Test("The clocks may differ by five minutes at most")
    func leeway() {
        #expect(found(#""issuer": "https://a.example", "clockLeeway": "301s""#).count == 1)
        #expect(found(#""issuer": "https://a.example", "clockLeeway": "0s""#).isEmpty)
    }

    @Test("An issuer twice, and two that are asked for opaque tokens, are refused")
    func together() {
        let inner = #""introspection": {"url": "https://a.example/i", "clientID": "a", "clientSecret": "b"}"#
        let twice = errors(document(#""issuers": [{"issuer": "https://a.example"}, {"issuer": "https://a.example"}]"#))
        #expect(twice.map(\.keyPath) == ["mcpProxy.identity.issuers[1].issuer"])
        let asking = errors(
            document(
                #""issuers": [{"issuer": "https://a.example", \#(inner)}, {"issuer": "https://b.example", \#(inner)}]"#)
        )
        #expect(asking.map(\.keyPath) == ["mcpProxy.identity.issuers[1].introspection"])
    }

    @Test("A scope is one word")
    func scopes() {
        for scope in ["", "a b", "a\\\"", "é"] {
            #expect(
                errors(
                    document(#""issuers": [{"issuer": "https://a.example"}], "requiredScopes": ["a", "\#(scope)"]"#)
                ).map(\.keyPath) == ["mcpProxy.identity.requiredScopes[1]"], "\(scope)")
        }
    }

    @Test("Without issuers somebody is told that nothing comes of it")
    func empty() throws {
        for issuers in ["", #""issuers": []"#] {
            let text = #"{"mcpProxy": {"identity": {\#(issuers)}}, "mcpServers": {"a": {"command": "b"}}}"#
            #expect(try load(text).warnings.map(\.keyPath) == ["mcpProxy.identity.issuers"])
        }
    }

    @Test("What lets tokens be refreshed is no scope of the proxy's")
    func offline() throws {
        let loaded = try load(
            document(
                #""issuers": [{"issuer": "https://a.example"}], "scopesSupported": ["mcp", "offline_access"]"#))
        #expect(loaded.settings.identity.scopesSupported == ["mcp"])
        #expect(loaded.warnings.map(\.keyPath) == ["mcpProxy.identity.scopesSupported[1]"])
    }

    @Test("Issuers beside clients of which none matches are refused: their tokens would open nothing")
    func noClients() throws {
        func text(_ clients: String) -> String {
            #"{"mcpProxy": {"identity": {"issuers": [{"issuer": "https://a.example", "audience": "a"}]}\#(clients)}, "mcpServers": {"a": {"command": "b"}}}"#
        }
        let named = #", "clients": {"laptop": {"tokens": ["0123456789-0123456789"], "servers": ["*"]}}"#
        #expect(errors(text(named)).map(\.keyPath) == ["mcpProxy.identity"])
        #expect(errors(text("")).isEmpty)
        #expect(try load(text("")).settings.asksEverybody)
    }

    @Test("A secret whose variable is not set stops the start")
    func missing() {
        let text = document(
            #""issuers": [{"issuer": "https://a.example", "introspection": {"url": "https://a.example/i", "clientID": "a", "clientSecret": "${NOPE}"}}]"#
        )
        #expect(errors(text).contains { $0.message.contains("NOPE") })
    }

    // MARK: The proxy as a client

    private func client(_ members: String) -> String {
        #"{"mcpProxy": {"identity": {\#(members)}}, "mcpServers": {"a": {"command": "b"}}}"#
    }

    @Test("Where the proxy's own metadata is may stand alone, and opens nothing to anybody")
    func clientMetadata() throws {
        let url = "https://MCP.example:443/oauth/client.json"
        let loaded = try load(client("\"clientMetadataURL\": \"\(url)\""))
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.settings.identity == IdentitySettings(clientMetadataURL: try ExactURL(url)))
        #expect(loaded.settings.identity.clientMetadataURL?.text == url, "it is compared as it is written")
        #expect(!loaded.settings.asksEverybody)
        let beside = document(
            #""issuers": [{"issuer": "https://a.example"}], "clientMetadataURL": "https://a.example/c""#)
        #expect(try load(beside).settings.identity.clientMetadataURL?.text == "https://a.example/c")
    }

    @Test(
        "Who speaks of tokens as well is told that nothing comes of it",
        arguments: [#""issuers": []"#, #""requiredScopes": ["mcp"]"#, #""scopesSupported": ["mcp"]"#])
    func clientWithoutIssuers(members: String) throws {
        let text = client("\(members), \"clientMetadataURL\": \"https://a.example/c\"")
        #expect(try load(text).warnings.map(\.keyPath) == ["mcpProxy.identity.issuers"])
    }

    @Test(
        "What cannot be the name of a client is refused, with what to write instead",
        arguments: [
            ("http://a.example/c", "https://"), ("http://localhost/c", "https://"), ("https://a.example", "no path"),
            ("https://a.example/", "no path"), ("https://a.example/c?d=e", "query"), ("https://a.example/c#d", "#"),
            ("https://a.example/b/../c", "in its path"), ("https://u:p@a.example/c", "user name"),
            ("client", "https://"),
        ])
    func badClientMetadata(url: String, words: String) {
        let found = errors(client("\"clientMetadataURL\": \"\(url)\""))
        #expect(found.map(\.keyPath) == ["mcpProxy.identity.clientMetadataURL"])
        #expect(found.first?.message.contains(words) == true, "\(found)")
        #expect(found.first?.suggestion?.contains("https://mcp.example.com/oauth/client.json") == true)
    }
}
