import Addresses
import Testing

@testable import ProxyConfiguration

@Suite struct AuthorizationConversionTests {
    private static let url = #""url": "https://mcp.example/mcp""#

    private func authorization(
        _ value: String, environment: [String: String]? = [:]
    ) throws -> ServerAuthorizationSettings? {
        try server("\(Self.url), \"auth\": \(value)", environment: environment)?.authorization
    }

    private func found(_ value: String, url: String = url) -> [ConfigurationProblem] {
        errors(serverDocument("\(url), \"auth\": \(value)"))
    }

    /// Whether there is exactly one error, at a key of `auth`, that has these words.
    private func expect(
        _ value: String, at key: String?, _ words: String, write advice: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let problems = found(value)
        let path = "mcpServers.fetch.auth" + (key.map { ".\($0)" } ?? "")
        #expect(problems.map(\.keyPath) == [path], "\(problems)", sourceLocation: sourceLocation)
        #expect(problems.first?.message.contains(words) == true, "\(problems)", sourceLocation: sourceLocation)
        #expect(problems.first?.suggestion?.contains(advice) == true, "\(problems)", sourceLocation: sourceLocation)
    }

    // MARK: What is read

    @Test("Left out, whether somebody has to log in is found out; none is never")
    func words() throws {
        #expect(try server(Self.url)?.authorization == .discovered)
        #expect(try authorization("null") == .discovered)
        #expect(try authorization(#""none""#) == ServerAuthorizationSettings.none)
        #expect(try authorization(#""${X}""#, environment: ["X": "none"]) == ServerAuthorizationSettings.none)
        #expect(try server(#""command": "uvx""#)?.authorization == .discovered)
    }

    @Test("A login needs nothing but its type, and takes a client, scopes and whose it is")
    func oauth() throws {
        #expect(try authorization(#"{"type": "oauth"}"#) == .oauth(.init()))
        let value = #"""
            {"type": "oauth", "scopes": ["read", "a:b", "read"], "clientID": "c 1", "clientSecret": "${SECRET}",
             "issuer": "https://Login.example:443/x", "per": "principal"}
            """#
        let issuer = try ExactURL("https://Login.example:443/x")
        #expect(
            try authorization(value, environment: ["SECRET": "s"])
                == .oauth(
                    .init(
                        scopes: ["read", "a:b"],
                        client: OAuthClientSettings(id: "c 1", proof: .secret(Secret("s")), issuer: issuer),
                        holder: .principal)))
        #expect(issuer.text == "https://Login.example:443/x" && issuer.url == "https://login.example/x")
        let key = #"{"type": "oauth", "clientID": "c", "privateKeyFile": "key.pem", "per": "proxy"}"#
        #expect(
            try authorization(key) == .oauth(.init(client: .init(id: "c", proof: .privateKeyFile("key.pem")))))
        #expect(try authorization(#"{"type": "oauth", "clientID": "c"}"#) == .oauth(.init(client: .init(id: "c"))))
    }

    @Test("The proxy's own credentials are a secret or a key")
    func clientCredentials() throws {
        let issuer = try ExactURL("http://127.0.0.1:8080/realms/a")
        #expect(
            try authorization(
                #"{"type": "clientCredentials", "clientID": "c", "clientSecret": "s", "scopes": ["x"], "issuer": "http://127.0.0.1:8080/realms/a"}"#
            )
                == .clientCredentials(
                    .init(scopes: ["x"], client: .init(id: "c", proof: .secret(Secret("s")), issuer: issuer))))
        #expect(
            try authorization(#"{"type": "clientCredentials", "clientID": "c", "privateKeyFile": "/k.pem"}"#)
                == .clientCredentials(.init(client: .init(id: "c", proof: .privateKeyFile("/k.pem")))))
    }

    @Test("An exchange has its endpoint, and the name of the server there")
    func tokenExchange() throws {
        let members = #""type": "tokenExchange", "clientID": "c", "tokenURL": "https://login.example/token?a=b""#
        #expect(
            try authorization("{\(members), \"audience\": \"docs\", \"clientSecret\": \"s\"}")
                == .tokenExchange(
                    .init(
                        client: .init(id: "c", proof: .secret(Secret("s"))),
                        tokenURL: "https://login.example/token?a=b",
                        audience: "docs")))
        #expect(
            try authorization("{\(members), \"scopes\": [\"x\"]}")
                == .tokenExchange(
                    .init(scopes: ["x"], client: .init(id: "c"), tokenURL: "https://login.example/token?a=b")))
    }

    @Test("An identity provider is found by its name, or asked at its endpoint")
    func enterpriseManaged() throws {
        func settings(_ provider: String) throws -> ServerAuthorizationSettings? {
            try authorization(
                #"{"type": "enterpriseManaged", "clientID": "c", "clientSecret": "s", "identityProvider": \#(provider)}"#
            )
        }
        func expected(
            _ place: ServerAuthorizationSettings.IdentityProvider.Place, _ proof: OAuthClientSettings.Proof
        ) -> ServerAuthorizationSettings {
            .enterpriseManaged(
                .init(
                    client: .init(id: "c", proof: .secret(Secret("s"))),
                    identityProvider: .init(place: place, client: .init(id: "p", proof: proof))))
        }
        let issuer = try ExactURL("https://idp.example")
        #expect(
            try settings(#"{"issuer": "https://idp.example", "clientID": "p"}"#) == expected(.issuer(issuer), .none))
        #expect(
            try settings(#"{"tokenURL": "https://idp.example/t", "clientID": "p", "clientSecret": "q"}"#)
                == expected(.tokenURL("https://idp.example/t", issuer: nil), .secret(Secret("q"))))
        #expect(
            try settings(
                #"{"issuer": "https://idp.example", "tokenURL": "https://idp.example/t", "clientID": "p"}"#)
                == expected(.tokenURL("https://idp.example/t", issuer: issuer), .none))
    }

    @Test("Only what is written of a way to a token is configured")
    func configured() throws {
        #expect(!ServerAuthorizationSettings.discovered.isConfigured && !ServerAuthorizationSettings.none.isConfigured)
        #expect(try authorization(#"{"type": "oauth"}"#)?.isConfigured == true)
    }

    // MARK: What is refused

    @Test("A word that is none of ours is refused with what is meant, and not shown where it may be a token")
    func badWords() {
        expect(#""non""#, at: nil, #"the word "none", but this is "non""#, write: #"Did you mean "none"?"#)
        expect(#""None""#, at: nil, "an object is expected", write: #"Did you mean "none"?"#)
        expect(
            #""client_credentials""#, at: nil, "an object is expected", write: #"Write {"type": "clientCredentials"}"#)
        for value in [#""eyJhbGciOiJub25lIn0canary""#, #""""#, "true", "[]", "5"] {
            expect(value, at: nil, #"an object is expected, or the word "none", but this is a"#, write: "oauth")
        }
        #expect(!"\(found(#""canary""#))".contains("canary"))
    }

    @Test("A type that is none is refused with the one that is meant")
    func badTypes() {
        expect("{}", at: "type", "the key is missing", write: #"Write "type": "oauth" or"#)
        expect(#"{"type": "oath"}"#, at: "type", #""oath" is none"#, write: #"Did you mean "oauth"?"#)
        expect(
            #"{"type": "client_credentials"}"#, at: "type", "is none", write: #"Did you mean "clientCredentials"?"#)
        expect(#"{"type": "none"}"#, at: "type", #""auth": "none" alone"#, write: "Write one of")
        expect(#"{"type": ""}"#, at: "type", "none of the words", write: "Write one of")
        expect(#"{"type": 1}"#, at: "type", "a word is expected", write: "Write one of")
    }

    /// What each type needs, so that nothing else is wrong.
    private static let complete = [
        "oauth": #""type": "oauth""#,
        "clientCredentials": #""type": "clientCredentials", "clientID": "c", "clientSecret": "s""#,
        "tokenExchange": #""type": "tokenExchange", "clientID": "c", "tokenURL": "https://a.example/t""#,
        "enterpriseManaged":
            #""type": "enterpriseManaged", "clientID": "c", "identityProvider": {"issuer": "https://a.example", "clientID": "p"}"#,
    ]

    @Test("What each type needs is enough", arguments: complete.keys.sorted())
    func enough(type: String) throws {
        let members = try #require(Self.complete[type])
        #expect(found("{\(members)}").isEmpty)
    }

    @Test(
        "A key of another type is refused by its name",
        arguments: [
            ("per", #""proxy""#, ["clientCredentials", "tokenExchange", "enterpriseManaged"]),
            ("issuer", #""https://b.example""#, ["tokenExchange"]),
            ("tokenURL", #""https://b.example/t""#, ["oauth", "clientCredentials", "enterpriseManaged"]),
            ("audience", #""x""#, ["oauth", "clientCredentials", "enterpriseManaged"]),
            ("identityProvider", #"{}"#, ["oauth", "clientCredentials", "tokenExchange"]),
        ])
    func otherTypes(key: String, value: String, types: [String]) throws {
        for type in types {
            let members = try #require(Self.complete[type])
            expect(
                "{\(members), \"\(key)\": \(value)}", at: key, #"and this is "\#(type)""#,
                write: "Remove it, or write another type")
        }
    }

    @Test(
        "Whoever is not registered by hand can be no client of the other types",
        arguments: ["clientCredentials", "tokenExchange", "enterpriseManaged"])
    func noClient(type: String) throws {
        let members = try #require(Self.complete[type]).replacing(#""clientID": "c", "#, with: "")
        expect("{\(members)}", at: "clientID", "the key is missing", write: #"Write "clientID": "mcp-proxy""#)
    }

    @Test("What belongs to a client is refused where there is none")
    func withoutClient() {
        for member in [
            #""clientSecret": "canary""#, #""privateKeyFile": "canary""#, #""issuer": "https://canary.example""#,
        ] {
            let key = String(member.dropFirst().prefix { $0 != "\"" })
            expect(#"{"type": "oauth", \#(member)}"#, at: key, "there is no clientID", write: #"Write "clientID""#)
            #expect(!"\(found(#"{"type": "oauth", \#(member)}"#))".contains("canary"))
        }
    }

    @Test("The proxy's own credentials are one of two, and never both")
    func proofs() {
        expect(
            #"{"type": "clientCredentials", "clientID": "c"}"#, at: nil, "neither clientSecret nor privateKeyFile",
            write: #"Write "clientSecret""#)
        for type in ["oauth", "clientCredentials"] {
            expect(
                #"{"type": "\#(type)", "clientID": "c", "clientSecret": "s", "privateKeyFile": "k"}"#,
                at: "privateKeyFile", "clientSecret is there as well", write: "Keep one of the two")
        }
    }

    @Test("A name or a secret of a client with a line break is refused, and the secret not shown")
    func badClients() {
        expect(#"{"type": "oauth", "clientID": "a\n"}"#, at: "clientID", "line break", write: "Write it as")
        expect(#"{"type": "oauth", "clientID": "é"}"#, at: "clientID", "beyond ASCII", write: "Write it as")
        let secret = #"{"type": "oauth", "clientID": "c", "clientSecret": "canary\n"}"#
        expect(secret, at: "clientSecret", "line break", write: "Remove it")
        #expect(!"\(found(secret))".contains("canary"))
        expect(
            #"{"type": "oauth", "clientID": "c", "clientSecret": 1}"#, at: "clientSecret", "a text is expected",
            write: "quotation marks")
        expect(
            #"{"type": "oauth", "clientID": "c", "privateKeyFile": "a\u0000"}"#, at: "privateKeyFile",
            "control character", write: "Name one file")
    }

    @Test("A scope is one word", arguments: ["", "a b", "a\\\"", "é"])
    func scopes(scope: String) {
        expect(#"{"type": "oauth", "scopes": ["a", "\#(scope)"]}"#, at: "scopes[1]", "is no scope", write: "Write each")
    }

    @Test("Tokens are asked for over TLS, or on this machine")
    func addresses() {
        expect(
            #"{"type": "oauth", "clientID": "c", "issuer": "http://a.example"}"#, at: "issuer", "on the way",
            write: "https://")
        expect(
            #"{"type": "oauth", "clientID": "c", "issuer": "https://a.example/?x=y"}"#, at: "issuer", "no query",
            write: "metadata")
        expect(#"{"type": "oauth", "clientID": "c", "issuer": "login"}"#, at: "issuer", "https://", write: "https://")
        let exchange = #""type": "tokenExchange", "clientID": "c""#
        expect("{\(exchange)}", at: "tokenURL", "the key is missing", write: #"Write "tokenURL": "https://"#)
        expect(
            "{\(exchange), \"tokenURL\": \"http://a.example/t\"}", at: "tokenURL", "on the way", write: "https://")
        #expect(found("{\(exchange), \"tokenURL\": \"http://localhost:1/t\"}").isEmpty)
    }

    @Test("An identity provider is somebody, somewhere")
    func badProviders() {
        func value(_ provider: String) -> String {
            #"{"type": "enterpriseManaged", "clientID": "c"\#(provider)}"#
        }
        func expect(_ provider: String, at key: String, _ words: String) {
            self.expect(value(", \"identityProvider\": {\(provider)}"), at: "identityProvider\(key)", words, write: "")
        }
        self.expect(value(""), at: "identityProvider", "nobody vouches", write: #"Write "identityProvider": {"#)
        expect(#""clientID": "p""#, at: "", "neither issuer nor tokenURL")
        expect(#""issuer": "https://a.example""#, at: ".clientID", "the key is missing")
        expect(#""clientID": "p", "issuer": "http://a.example""#, at: ".issuer", "on the way")
        expect(#""clientID": "p", "tokenURL": "http://a.example""#, at: ".tokenURL", "on the way")
        self.expect(
            value(#", "identityProvider": "x""#), at: "identityProvider", "an object is expected", write: "{ }")
    }

    @Test(
        "A token and a configured Authorization would stand in one place",
        arguments: ["Authorization", "authorization"])
    func configuredHeader(name: String) throws {
        let members = #"\#(Self.url), "headers": {"\#(name)": "Bearer canary"}"#
        let problems = found(#"{"type": "oauth"}"#, url: members)
        #expect(problems.map(\.keyPath) == ["mcpServers.fetch.auth"])
        #expect(problems.first?.message.contains("Authorization is configured under headers") == true)
        #expect(problems.first?.suggestion?.contains(#""auth": "none""#) == true)
        #expect(found(#""none""#, url: members).isEmpty)
        #expect(try server(members)?.authorization == .discovered)
    }

    @Test("A token is not sent where others can read it")
    func plainWay() {
        let problems = found(#"{"type": "oauth"}"#, url: #""url": "http://mcp.example/mcp""#)
        #expect(problems.map(\.keyPath) == ["mcpServers.fetch.auth"])
        #expect(problems.first?.suggestion == #"Write https:// in "url""#)
        #expect(found(#"{"type": "oauth"}"#, url: #""url": "http://127.0.0.1:8080/mcp""#).isEmpty)
        #expect(found(#""none""#, url: #""url": "http://mcp.example/mcp""#).isEmpty)
    }

    @Test("Nobody logs in to a program", arguments: [#"{"type": "oauth"}"#, #""none""#])
    func program(value: String) {
        let problems = found(value, url: #""command": "uvx""#)
        #expect(problems.map(\.keyPath) == ["mcpServers.fetch.auth"])
        #expect(problems.first?.message.contains("servers with url") == true)
        #expect(problems.first?.suggestion?.contains("env") == true)
    }

    @Test("A key that belongs into it is sent there")
    func misplaced() {
        let found = warnings(serverDocument(#"\#(Self.url), "clientSecret": "s""#))
        #expect(found.map(\.suggestion) == [#"Move it into "auth""#])
        #expect(
            warnings(serverDocument(#"\#(Self.url), "auth": {"type": "oauth", "clientId": "c"}"#)).map(\.suggestion)
                == [#"Write "clientID""#])
    }

    // MARK: Secrets

    @Test("A secret comes out of a variable or a file; one that is not there keeps the server from being started")
    func secrets() throws {
        let value = #"{"type": "oauth", "clientID": "c", "clientSecret": "${NOPE}"}"#
        let loaded = try load(serverDocument("\(Self.url), \"auth\": \(value)"))
        #expect(loaded.settings.servers.first?.cannotStart?.contains("NOPE") == true)
        let text = Array(serverDocument("\(Self.url), \"auth\": \(value)").replacing("NOPE", with: "file:x").utf8)
        let read = try ConfigurationLoader.load(
            text: text, source: "c", format: .json, environment: [:], secrets: SecretFiles { _ in .success("canary") })
        #expect(
            read.settings.servers.first?.authorization
                == .oauth(.init(client: .init(id: "c", proof: .secret(Secret("canary"))))))
        var shown = ""
        dump(read.settings.servers.first?.authorization, to: &shown)
        #expect(!(shown + "\(read.settings.servers)").contains("canary"))
    }

    @Test(
        "Whatever is missing stops this server only",
        arguments: [
            #""type": "${NOPE}""#, #""type": "oauth", "clientID": "${NOPE}", "clientSecret": "s""#,
            #""type": "oauth", "clientID": "${NOPE}", "issuer": "https://a.example""#,
            #""type": "oauth", "clientID": "c", "issuer": "https://${NOPE}""#,
            #""type": "oauth", "scopes": ["${NOPE}"]"#, #""type": "oauth", "per": "${NOPE}""#,
            #""type": "clientCredentials", "clientID": "c", "clientSecret": "${NOPE}""#,
            #""type": "clientCredentials", "clientID": "c", "privateKeyFile": "${NOPE}""#,
            #""type": "clientCredentials", "clientID": "${NOPE}", "clientSecret": "s""#,
            #""type": "tokenExchange", "clientID": "c", "tokenURL": "${NOPE}""#,
            #""type": "enterpriseManaged", "clientID": "c", "identityProvider": ${NOPE}"#,
            #""type": "enterpriseManaged", "clientID": "c", "identityProvider": {"tokenURL": "${NOPE}", "clientID": "p"}"#,
            #""type": "enterpriseManaged", "clientID": "c", "identityProvider": {"issuer": "${NOPE}", "clientID": "p"}"#,
        ])
    func missing(members: String) throws {
        let loaded = try load(serverDocument("\(Self.url), \"auth\": {\(members)}"))
        #expect(loaded.settings.servers.first?.cannotStart?.contains("NOPE") == true)
    }

    @Test("What a file says cannot be the name of one")
    func fileOfKey() throws {
        let members = #"\#(Self.url), "auth": {"type": "oauth", "clientID": "c", "privateKeyFile": "${file:x}"}"#
        #expect(throws: ConfigurationError.self) {
            try ConfigurationLoader.load(
                text: Array(serverDocument(members).utf8), source: "c", format: .json, environment: [:],
                secrets: SecretFiles { _ in .success("canary") })
        }
    }

    @Test("The blank of the documentation is told")
    func placeholder() {
        let value = #"{"type": "oauth", "clientID": "c", "clientSecret": "<YOUR_TOKEN>"}"#
        #expect(
            warnings(serverDocument("\(Self.url), \"auth\": \(value)")).map(\.keyPath)
                == ["mcpServers.fetch.auth.clientSecret"])
    }

    // MARK: What depends on callers

    @Test("A login of each caller is one of all where callers are nobody in particular")
    func anonymous() throws {
        let members = #"\#(Self.url), "auth": {"type": "oauth", "per": "principal"}"#
        let found = warnings(serverDocument(members))
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.auth.per"])
        #expect(found.first?.message.contains("share one login") == true)
        let tokens = #", "options": {"authTokens": ["0123456789-0123456789"]}"#
        #expect(warnings(serverDocument(members + tokens)).isEmpty)
    }

    @Test("Without issuers no caller has a token to be exchanged")
    func nothingToExchange() throws {
        let members = try #require(Self.complete["tokenExchange"])
        let servers = "{\"fetch\": {\(Self.url), \"auth\": {\(members)}}}"
        let open = "{\"mcpServers\": \(servers)}"
        #expect(warnings(open).map(\.keyPath) == ["mcpServers.fetch.auth"])
        let identity =
            #""baseURL": "https://mcp.example.com", "identity": {"issuers": [{"issuer": "https://a.example"}]}"#
        #expect(warnings("{\"mcpProxy\": {\(identity)}, \"mcpServers\": \(servers)}").isEmpty)
    }
}
