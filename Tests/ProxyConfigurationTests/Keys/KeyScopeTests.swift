import Testing

@testable import ProxyConfiguration

@Suite struct KeyScopeTests {
    @Test("No scope has two keys that differ in case only", arguments: KeyScope.allCases)
    func unambiguous(scope: KeyScope) {
        #expect(Set(scope.keys.map { $0.name.lowercased() }).count == scope.keys.count)
    }

    @Test("An unknown key is a warning that names the key that was meant")
    func unknownKey() throws {
        let problem = try #require(warnings(serverDocument(#""command": "uvx", "agrs": []"#)).first)
        #expect(problem.keyPath == "mcpServers.fetch.agrs")
        #expect(problem.line == 1 && problem.column == 61)
        #expect(problem.suggestion == #"Did you mean "args"?"#)
        #expect(
            "\(problem)"
                == #"config.json:1:61: warning: mcpServers.fetch.agrs: the key is not known and has no effect. Did you mean "args"?"#
        )
    }

    @Test("A key that belongs one level deeper is sent there", arguments: ["authTokens", "logEnabled", "toolFilter"])
    func misplacedKey(key: String) {
        let found = warnings(serverDocument("\"command\": \"uvx\", \"\(key)\": null"))
        #expect(found.map(\.suggestion) == ["Move it into \"options\""])
        #expect(warnings(proxyDocument(#""callTimeout": "1s""#)).map(\.suggestion) == [#"Move it into "limits""#])
    }

    @Test(
        "A key of a server that stands elsewhere is sent to the servers",
        arguments: [
            #"{"mcpProxy": {"pin": "warn"}, "mcpServers": {}}"#,
            #"{"mcpProxy": {"options": {"pin": "warn"}}, "mcpServers": {}}"#,
            #"{"mcpProxy": {"endpoint": {"pin": "warn"}}, "mcpServers": {}}"#,
            #"{"mcpServers": {"a": {"command": "b", "options": {"pin": "warn"}}}}"#,
        ])
    func keyOfServer(document: String) {
        let suggestions = warnings(document).compactMap(\.suggestion)
        #expect(suggestions.contains { $0.contains("\"pin\" belongs to mcpServers.NAME") }, "\(suggestions)")
    }

    @Test("A key with more behind it is recognised")
    func longerKey() {
        let found = warnings(proxyDocument(#""endpoint": {"pinnedTools": []}"#))
        #expect(found.map(\.suggestion) == [#"Did you mean "pinned"?"#])
    }

    @Test("Where a word is expected, the words are named at once")
    func words() {
        let found = problems(serverDocument(#""command": "uvx", "pin": true"#))
        #expect(found.map(\.suggestion) == [#"Write one of "off", "warn", "quarantine", "block""#])
        let search = problems(proxyDocument(#""endpoint": {"toolDiscovery": true}"#))
        #expect(search.map(\.suggestion) == [#"Write one of "list", "search", "auto""#])
    }

    @Test("A key that is like no other is called useless")
    func strangeKey() {
        #expect(warnings(proxyDocument(#""zzzzzzzz": 1"#)).map(\.suggestion) == ["Remove it; it has no effect"])
    }

    @Test("A great many unknown keys are worked through quickly", .timeLimit(.minutes(1)))
    func manyUnknownKeys() {
        let members = (0..<50_000).map { "\"maxSesion\($0)\": 1" }.joined(separator: ",")
        #expect(warnings(proxyDocument("\"limits\": {\(members)}")).count == ConversionContext.maximumProblems + 1)
    }

    private static let issuers =
        #""baseURL": "https://a.example", "identity": {"issuers": [{"issuer": "https://b.example"}]"#
    private static let token = "0123456789-abcdefghij"

    @Test(
        "A slip by which more would be open than is written is refused, with the key that was meant",
        arguments: [
            (#""client": {"a": {}}"#, "clients"), (#""users": {"a": {"tokens": ["\#(token)"]}}"#, "clients"),
            (#""oauth": {"issuers": []}"#, "identity"), (#""tsl": {"certificateFile": "c"}"#, "tls"),
            (#""managment": {"stdio": "deny"}"#, "management"),
            (#""tls": {"certificateFile": "c", "clientCA": "/c"}"#, "clientCAFile"),
            (#""clientCAFile": "/c""#, "tls.clientCAFile"), (#""requiredScopes": ["a"]"#, "identity.requiredScopes"),
            (#""authTokens": ["\#(token)"]"#, "options.authTokens"),
            (#""authToken": ["\#(token)"]"#, "options.authTokens"),
            (#""options": {"authToken": ["\#(token)"]}"#, "authTokens"),
            (#""options": {"tokens": ["\#(token)"]}"#, "authTokens"),
            (#""optoins": {"authTokens": ["\#(token)"]}"#, "options"),
            (#""options": {"toolFilters": {"mode": "allow", "list": ["a"]}}"#, "toolFilter"),
            (#""management": {"authToken": ["\#(token)"]}"#, "authTokens"),
            (#""management": {"stdoi": "deny"}"#, "stdio"),
            (#""clients": {"a": {"tokens": ["\#(token)"], "servers": ["*"], "read_only": true}}"#, "readOnly"),
            (#""clients": {"a": {"tokens": ["\#(token)"], "servers": ["*"], "tool": ["!x"]}}"#, "tools"),
            (#""clients": {"a": {"tokens": ["\#(token)"], "servers": ["*"], "group": []}}"#, "groups"),
            (#""clients": {"a": {"tokens": ["\#(token)"], "servers": ["*"], "callPerMinute": 3}}"#, "callsPerMinute"),
            (#"\#(issuers), "requiredScope": ["mcp"]}"#, "requiredScopes"),
            (
                #"\#(issuers)}, "clients": {"a": {"match": {"issuer": "https://b.example", "claim": {"g": "x"}}, "servers": ["*"]}}"#,
                "claims"
            ),
            (#""groups": {"g": {"servers": ["*"], "authToken": ["\#(token)"]}}"#, "options.authTokens"),
            (#""groups": {"g": {"servers": ["*"], "readonyl": true}}"#, "readOnly"),
            (#""groups": {"g": {"servers": ["*"], "tool": ["a"]}}"#, "tools"),
            (
                #""groups": {"g": {"servers": ["*"], "override": {"t": {"arguments": {"a": {"value": 1}}}}}}"#,
                "overrides"
            ),
            (
                #""management": {"templates": {"t": {"command": "a", "args": ["{b}"], "parameters": {"b": {"type": "string", "patern": "x"}}}}}"#,
                "pattern"
            ),
        ])
    func guarding(members: String, meant: String) {
        let found = errors(proxyDocument(members))
        #expect(found.contains { $0.suggestion == "Did you mean \"\(meant)\"?" }, "\(found)")
    }

    @Test("What closes nothing, or is left out with null, stays a warning")
    func harmless() {
        for members in [
            #""client": null"#, #""optoins": {"logEnabled": true}"#, #""authTokens": null"#, #""verison": "1""#,
            #""groups": {"g": {"servers": ["*"], "titel": "x"}}"#,
        ] {
            #expect(errors(proxyDocument(members)).isEmpty, "\(members)")
            #expect(!warnings(proxyDocument(members)).isEmpty, "\(members)")
        }
        #expect(errors(serverDocument(#""command": "uvx", "optoins": {}"#)).isEmpty)
        let found = errors(serverDocument(#""command": "uvx", "authToken": ["\#(Self.token)"]"#))
        #expect(found.map(\.suggestion) == [#"Did you mean "options.authTokens"?"#])
    }

    @Test("$schema and keys beginning with x- are allowed at the top, the latter only there")
    func authorKeys() {
        #expect(
            problems(#"{"$schema": "s.json", "x-a": 1, "mcpProxy": {}, "mcpServers": {"a": {"command": "b"}}}"#).isEmpty
        )
        #expect(warnings(proxyDocument(#""x-a": 1"#)).count == 1)
    }
}
