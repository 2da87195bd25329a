import MCPValues
import Testing

@testable import ProxyConfiguration

@Suite struct MatchConversionTests {
    private func document(_ client: String) -> String {
        let issuers =
            #"[{"issuer": "https://a.example", "audience": "a"}, {"issuer": "https://b.example", "audience": "b"}]"#
        let other = #""other": {"match": {"issuer": "https://b.example"}, "servers": ["*"]}"#
        return
            #"{"mcpProxy": {"baseURL": "https://p.example", "identity": {"issuers": \#(issuers)}, "clients": {"staff": {\#(client)}, \#(other)}}, "mcpServers": {"git": {"command": "b"}}}"#
    }

    private func client(_ text: String) throws -> ClientSettings {
        try #require(try load(document(text)).settings.clients.first)
    }

    @Test("Issuer, claims and scopes are read in the order written")
    func allKeys() throws {
        let client = try client(
            #"""
            "match": {"issuer": "https://a.example", "claims": {"groups": "dev", "/realm_access/roles": ["x", "y"]}},
            "servers": ["git"], "groups": [], "readOnly": true,
            "scopes": {"w": {"readOnly": false, "tools": ["git__*"]},
                       "m": {"management": "read", "servers": ["git"], "groups": ["g"], "callsPerMinute": 9}}
            """#)
        let (groups, roles) = (try #require(ClaimPath("groups")), try #require(ClaimPath("/realm_access/roles")))
        #expect(
            client.match
                == ClientMatch(
                    issuer: "https://a.example", claims: [.init(groups, ["dev"]), .init(roles, ["x", "y"])]))
        #expect(
            client.scopes == [
                ScopeRights("w", RightsAddition(tools: ["git__*"], liftsReadOnly: true)),
                ScopeRights(
                    "m", RightsAddition(servers: ["git"], groups: ["g"], management: .read, callsPerMinute: 9)),
            ])
    }

    @Test("What cannot match is refused, with what to write instead")
    func refused() {
        for (text, path) in [
            (#""match": {}"#, "match.issuer"), (#""match": {"issuer": ""}"#, "match.issuer"),
            (#""match": {"issuer": "https://c.example"}"#, "match.issuer"),
            (#""match": {"issuer": "https://a.example/"}"#, "match.issuer"),
            (#""match": {"issuer": "https://a.example", "claims": {"": "x"}}"#, #"match.claims[""]"#),
            (#""match": {"issuer": "https://a.example", "claims": {"/a~2": "x"}}"#, #"match.claims["/a~2"]"#),
            (#""match": {"issuer": "https://a.example", "claims": {"a": []}}"#, "match.claims.a"),
            (#""match": {"issuer": "https://a.example", "claims": {"a": {"b": "c"}}}"#, "match.claims.a"),
            (#""match": {"issuer": "https://a.example", "claims": {"a": ["x", 1]}}"#, "match.claims.a[1]"),
            (#""match": {"issuer": "https://a.example"}, "scopes": {"a b": {}}"#, #"scopes["a b"]"#),
            (#""match": {"issuer": "https://a.example"}, "scopes": {"a": {"readOnly": true}}"#, "scopes.a.readOnly"),
            (#""match": {"issuer": "https://a.example"}, "scopes": {"a": {"groups": ["g"]}}"#, "scopes.a.groups"),
            (
                #""match": {"issuer": "https://a.example"}, "scopes": {"a": {"servers": ["b", "!git"]}}"#,
                "scopes.a.servers"
            ),
            (#""match": {"issuer": "https://a.example"}, "scopes": {"a": {"tools": ["!*"]}}"#, "scopes.a.tools"),
        ] {
            let found = errors(document(#"\#(text), "servers": ["*"]"#))
            #expect(found.map(\.keyPath) == ["mcpProxy.clients.staff.\(path)"], "\(text)")
            #expect(found.first?.suggestion?.isEmpty == false)
        }
    }

    @Test("A point in a claim is told to lead nowhere, unless it is in an address")
    func points() throws {
        func warnings(_ claim: String) throws -> [String] {
            let text = #""match": {"issuer": "https://a.example", "claims": {"\#(claim)": "x"}}, "servers": ["*"]"#
            return try load(document(text)).warnings.compactMap(\.suggestion)
        }
        #expect(try warnings("realm_access.roles") == [#"Write "/realm_access/roles" for a claim in a claim"#])
        #expect(try warnings("https://example.com/roles").isEmpty)
        #expect(try warnings("/a.b").isEmpty)
    }

    /// What is told of clients with these matches, called `0`, `1` and so on.
    private func remarks(_ matches: [String]) throws -> [String] {
        let issuers =
            #"[{"issuer": "https://a.example", "audience": "a"}, {"issuer": "https://b.example", "audience": "b"}]"#
        let clients = matches.enumerated().map { #""\#($0)": {"match": {\#($1)}, "servers": ["*"]}"# }
        return try load(
            #"{"mcpProxy": {"baseURL": "https://p.example", "identity": {"issuers": \#(issuers)}, "clients": {\#(clients.joined(separator: ","))}}, "mcpServers": {"git": {"command": "b"}}}"#
        ).warnings.map { "\($0.keyPath): \($0.message)" }
    }

    private func a(_ claims: String) -> String { #""issuer": "https://a.example", "claims": {\#(claims)}"# }

    @Test("A client whose callers are all taken by one before it is told to be never reached")
    func shadowed() throws {
        for (first, second) in [
            ("", ""), ("", #""g": "x""#), (#""g": "x""#, #""g": "x""#), (#""g": ["x", "y"]"#, #""g": "y""#),
            (#""g": "x""#, #""h": "z", "g": "x""#), (#""/g/h": "x", "i": "y""#, #""i": "y", "/g/h": "x", "j": "z""#),
            (#""g": "x""#, #""/g": "x""#),
        ] {
            let found = try remarks([#""issuer": "https://b.example""#, a(first), a(second)])
            #expect(found.count == 1, "\(first) \(second)")
            #expect(
                found.first
                    == #"mcpProxy.clients.2.match: nobody is this client with an access token: all whom it matches are the client "1" before it"#
            )
        }
    }

    @Test("A client that somebody can be is told nothing of, whoever comes before it")
    func reached() throws {
        for (first, second) in [
            (#""g": "x""#, ""), (#""g": "x""#, #""g": "y""#), (#""g": "x""#, #""g": ["x", "y"]"#),
            (#""g": "x", "h": "z""#, #""g": "x""#), (#""g": "x""#, #""h": "x""#), (#""g": "x""#, #""/g/g": "x""#),
            (#""g": "x", "h": ["y", "z"]"#, #""g": "x", "h": "a""#),
        ] {
            #expect(try remarks([a(first), a(second)]).isEmpty, "\(first) \(second)")
        }
        #expect(try remarks([a(""), #""issuer": "https://b.example""#]).isEmpty)
    }

    @Test("Scopes of a client that nobody can be with an access token are told to have no effect")
    func scopesAlone() throws {
        let text = document(#""tokens": ["0123456789abcdef0123"], "servers": ["*"], "scopes": {"a": {}}"#)
        #expect(try load(text).warnings.map(\.keyPath) == ["mcpProxy.clients.staff.scopes"])
    }
}
