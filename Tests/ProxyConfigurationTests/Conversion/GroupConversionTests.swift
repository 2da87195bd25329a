import MCPValues
import Testing

@testable import ProxyConfiguration

/// A document with one group, called `dev`, and the servers `git`, `github-work` and `time`.
private func groupDocument(_ members: String, name: String = "dev", proxy: String = "") -> String {
    document("\(proxy)\"groups\": {\"\(name)\": {\(members)}}")
}

/// A document with an endpoint for the same servers.
private func endpointDocument(_ members: String) -> String {
    document("\"endpoint\": {\(members)}")
}

private func document(_ proxy: String) -> String {
    #"{"mcpProxy": {\#(proxy)}, "mcpServers": {"git": {"command": "a"}, "github-work": {"command": "b"}, "time": {"command": "c"}}}"#
}

private func group(_ members: String, environment: [String: String] = [:]) throws -> GroupSettings? {
    try load(groupDocument(members), environment: environment).settings.groups.first
}

@Suite struct GroupConversionTests {
    private static let everything = #"""
        "servers": ["git", "github-*"], "tools": ["*", "!github-*__delete_*"], "prompts": ["a"], "resources": [],
        "readOnly": true, "names": "auto", "maxNameLength": "60", "instructions": "I", "title": "T",
        "toolDiscovery": "search", "pinned": ["git__git_status", "a", "git__git_status"],
        "selfSearchingClients": ["claude-code", "own"], "firstListWait": "0s",
        "overrides": {"git__git_diff": {"name": "diff", "title": "D", "description": "d"}},
        "options": {"authTokens": ["Bearer 0123456789abcdef"], "logEnabled": true}
        """#

    private func expected(_ name: String) -> GroupSettings {
        var group = GroupSettings(name: name)
        group.servers = NamePatterns(["git", "github-*"])
        group.tools = NamePatterns(["*", "!github-*__delete_*"])
        group.prompts = NamePatterns(["a"])
        group.resources = NamePatterns([])
        group.isReadOnly = true
        group.naming = .auto
        group.maximumNameLength = 60
        group.instructions = "I"
        group.title = "T"
        group.toolDiscovery = .search
        group.pinned = ["git__git_status", "a"]
        group.selfSearchingClients = ["claude-code", "own"]
        group.firstListWait = .zero
        group.overrides = [ToolOverride(tool: "git__git_diff", name: "diff", title: "D", description: "d")]
        group.authTokens = [Secret("0123456789abcdef")]
        group.logEnabled = true
        return group
    }

    @Test("Every key of a group is read")
    func allKeys() throws {
        let loaded = try load(groupDocument(Self.everything))
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.settings.groups == [expected("dev")])
        #expect(loaded.settings.endpoint == GroupSettings())
    }

    @Test("The endpoint has the keys of a group, and can be turned off")
    func endpoint() throws {
        let loaded = try load(endpointDocument(Self.everything + #", "enabled": false"#))
        var endpoint = expected("")
        endpoint.isEnabled = false
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.settings.endpoint == endpoint)
        #expect(loaded.settings.groups.isEmpty)
    }

    @Test("What is left out, null or empty has its default: all servers, all names, no token of its own")
    func defaults() throws {
        #expect(try group("") == GroupSettings(name: "dev"))
        let null = #""servers": null, "names": null, "overrides": null, "options": {"authTokens": null}, "title": """#
        #expect(try group(null) == GroupSettings(name: "dev"))
        let endpoint = try load(document("")).settings.endpoint
        #expect(endpoint == GroupSettings() && endpoint.isEnabled && endpoint.authTokens == nil)
        #expect(endpoint.servers.isAll && endpoint.maximumNameLength == 46 && endpoint.firstListWait == .seconds(2))
        #expect(try load(#"{"mcpServers": {"a": {"command": "b"}}}"#).settings.endpoint == endpoint)
    }

    @Test("A key that only the endpoint has is unknown in a group")
    func enabled() {
        #expect(warnings(groupDocument(#""enabled": false"#)).map(\.keyPath) == ["mcpProxy.groups.dev.enabled"])
        #expect(warnings(groupDocument(#""logEnabled": true"#)).map(\.suggestion) == [#"Move it into "options""#])
    }

    @Test("Groups keep the order in which they are written")
    func order() throws {
        let loaded = try load(document(#""groups": {"z": {}, "a": {}, "m": {}}"#))
        #expect(loaded.settings.groups.map(\.name) == ["z", "a", "m"])
    }

    @Test("Requests are logged as the proxy's options say, unless something else is written")
    func logging() throws {
        let proxy = #""options": {"logEnabled": true}, "#
        let loaded = try load(groupDocument("", proxy: proxy)).settings
        #expect(loaded.groups.map(\.logEnabled) == [true] && loaded.endpoint.logEnabled)
        let own = try load(groupDocument(#""options": {"logEnabled": false}"#, proxy: proxy)).settings
        #expect(own.groups.map(\.logEnabled) == [false] && own.endpoint.logEnabled)
    }

    @Test("Tokens of the proxy are not those of a group")
    func noInheritance() throws {
        let loaded = try load(groupDocument("", proxy: #""options": {"authTokens": ["0123456789abcdef"]}, "#)).settings
        #expect(loaded.groups.map(\.authTokens) == [nil] && loaded.endpoint.authTokens == nil)
    }

    @Test("A token comes from the environment, is shown nowhere, and one that is not set is an error")
    func tokens() throws {
        let members = #""options": {"authTokens": ["${TOKEN}"]}"#
        let group = try #require(try group(members, environment: ["TOKEN": "canary-0123456789"]))
        #expect(group.authTokens == [Secret("canary-0123456789")])
        #expect(!"\(group)".contains("canary") && !String(reflecting: group).contains("canary"))
        #expect(errors(groupDocument(members)).map(\.keyPath) == ["mcpProxy.groups.dev.options.authTokens[0]"])
    }

    @Test("An empty list of tokens opens a group to nobody: it is an error that says so")
    func emptyTokens() {
        for text in [
            groupDocument(#""options": {"authTokens": []}"#), endpointDocument(#""options": {"authTokens": []}"#),
        ] {
            let found = errors(text)
            #expect(found.count == 1)
            #expect(found.first?.keyPath.hasSuffix(".options.authTokens") == true)
            #expect(found.first?.suggestion?.contains("leave the key out") == true)
        }
    }

    /// What is wrong under one key of a group, and the path below the group where that is told.
    private static let refused: [(members: String, path: String)] = [
        (#""servers": "git""#, "servers"), (#""servers": [1]"#, "servers[0]"),
        (#""servers": ["git", ""]"#, "servers[1]"),
        (#""tools": {}"#, "tools"), (#""tools": ["!"]"#, "tools[0]"), (#""prompts": [null]"#, "prompts[0]"),
        (#""resources": "*""#, "resources"), (#""readOnly": "maybe""#, "readOnly"), (#""names": "sometimes""#, "names"),
        (#""names": "Always""#, "names"), (#""maxNameLength": 23"#, "maxNameLength"),
        (#""maxNameLength": 129"#, "maxNameLength"), (#""maxNameLength": "many""#, "maxNameLength"),
        (#""maxNameLength": 46.5"#, "maxNameLength"), (#""instructions": 1"#, "instructions"),
        (#""title": []"#, "title"),
        (#""toolDiscovery": "find""#, "toolDiscovery"), (#""pinned": "a""#, "pinned"),
        (#""pinned": ["a", ""]"#, "pinned[1]"),
        (#""firstListWait": 2"#, "firstListWait"), (#""firstListWait": "61s""#, "firstListWait"),
        (#""overrides": []"#, "overrides"), (#""options": []"#, "options"),
        (#""options": {"authTokens": [""]}"#, "options.authTokens[0]"),
        (#""options": {"logEnabled": 2}"#, "options.logEnabled"),
    ]

    @Test("What cannot be used is refused at its key, in a group and in the endpoint", arguments: refused.indices)
    func isRefused(index: Int) {
        let (members, path) = Self.refused[index]
        let inGroup = errors(groupDocument(members))
        #expect(inGroup.map(\.keyPath) == ["mcpProxy.groups.dev.\(path)"])
        #expect(inGroup.allSatisfy { $0.suggestion != nil && $0.line == 1 })
        #expect(errors(endpointDocument(members)).map(\.keyPath) == ["mcpProxy.endpoint.\(path)"])
    }

    @Test("The bounds of the longest name are allowed, and durations with a unit", arguments: [24, 128])
    func bounds(length: Int) throws {
        let group = try group("\"maxNameLength\": \(length), \"firstListWait\": \"1m\"")
        #expect(group?.maximumNameLength == length && group?.firstListWait == .seconds(60))
    }

    @Test(
        "A name that a group cannot have is refused",
        arguments: [
            "", "a/b", "..", ".", "a\\u0000b", "a\\nb", "mcp", "sse", "message", "api", "healthz", "readyz", "ui",
            "metrics", ".well-known", "a?b", "a#b", "a%b", "a\\\\b", "/dev", "dev/", "git", "time",
            String(repeating: "a", count: 257),
        ])
    func badName(name: String) {
        let found = errors(groupDocument("", name: name))
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.keyPath.hasPrefix("mcpProxy.groups") == true && found.first?.suggestion != nil)
    }

    @Test("Any other name is fine, and one that clients must encode is a warning")
    func goodName() throws {
        for name in ["dev", "A.b_c-1", "ui2", "gits", String(repeating: "a", count: 256)] {
            #expect(problems(groupDocument("", name: name)).isEmpty, "\(name)")
        }
        #expect(problems(groupDocument("", name: "ä b")).map(\.severity) == [.warning])
    }

    @Test("A group and a server cannot have one name, nor one route, also where the server is switched off")
    func sameName() {
        let same = errors(groupDocument("", name: "git"))
        #expect(same.first?.message == "a server has this name, too, and both would have the same routes")
        let off = #"{"mcpProxy": {"groups": {"a": {}}}, "mcpServers": {"a": {"command": "b", "disabled": true}}}"#
        #expect(errors(off).map(\.keyPath) == ["mcpProxy.groups.a"])
        let route = #"{"mcpProxy": {"groups": {"a": {}}}, "mcpServers": {"a/mcp": {"command": "b"}}}"#
        #expect(errors(route).map(\.keyPath) == ["mcpProxy.groups.a"])
        let below = #"{"mcpProxy": {"groups": {"a": {}}}, "mcpServers": {"a/x": {"command": "b"}}}"#
        #expect(errors(below).isEmpty)
    }

    @Test("What may be a token in the name of a group is not shown")
    func hiddenName() {
        let found = errors(groupDocument("", name: "dev/canary"))
        #expect(found.map(\.keyPath) == ["mcpProxy.groups.dev/***"] && !"\(found)".contains("canary"))
    }

    @Test("A pattern that matches no server is a warning that quotes it and names the nearest server")
    func unmatchedServers() throws {
        let loaded = try load(groupDocument(#""servers": ["git", "github-*", "tiem", "!x*", "?ime"]"#))
        #expect(loaded.warnings.map(\.keyPath) == ["mcpProxy.groups.dev.servers[2]", "mcpProxy.groups.dev.servers[3]"])
        #expect(loaded.warnings.first?.message == #"the pattern "tiem" matches no server of the configuration"#)
        #expect(loaded.warnings.map(\.suggestion) == [#"Did you mean "time"?"#, "Write the name of a server"])
        #expect(loaded.settings.groups.first?.servers.texts == ["git", "github-*", "tiem", "!x*", "?ime"])
        #expect(warnings(endpointDocument(#""servers": ["none"]"#)).map(\.keyPath) == ["mcpProxy.endpoint.servers[0]"])
    }

    @Test("A pattern that may hold a token, or came from a variable, is not shown")
    func hiddenPattern() {
        for text in ["${PATTERN}", "fetch/canary"] {
            let found = warnings(groupDocument("\"servers\": [\"\(text)\"]"), environment: ["PATTERN": "canary"])
            #expect(found.count == 1 && !"\(found)".contains("canary"), "\(found)")
        }
    }

    @Test("A list of servers without any is a warning, and offers nothing")
    func noServers() throws {
        let loaded = try load(groupDocument(#""servers": []"#))
        #expect(loaded.warnings.map(\.keyPath) == ["mcpProxy.groups.dev.servers"])
        #expect(loaded.settings.groups.first?.servers.admits("git") == false)
    }

    @Test("A great many patterns are worked through quickly", .timeLimit(.minutes(1)))
    func manyPatterns() {
        let patterns = (0..<20_000).map { "\"gti\($0)*a*\"" }.joined(separator: ",")
        let found = warnings(groupDocument("\"servers\": [\(patterns)]"))
        #expect(found.count == ConversionContext.maximumProblems + 1)
    }

    @Test("Instructions that are longer than what clients are sent are a warning")
    func longInstructions() throws {
        let text = String(repeating: "ä", count: 2_048)
        #expect(try load(groupDocument("\"instructions\": \"\(text)\"")).warnings.isEmpty)
        let loaded = try load(groupDocument("\"instructions\": \"\(text)b\""))
        #expect(loaded.warnings.map(\.keyPath) == ["mcpProxy.groups.dev.instructions"])
        #expect(loaded.settings.groups.first?.instructions == text + "b")
    }

    @Test("Groups that are no object are refused, and so is a group that is none")
    func kinds() {
        #expect(errors(document(#""groups": []"#)).map(\.keyPath) == ["mcpProxy.groups"])
        #expect(errors(document(#""groups": {"dev": null}"#)).map(\.keyPath) == ["mcpProxy.groups.dev"])
        #expect(errors(document(#""endpoint": true"#)).map(\.keyPath) == ["mcpProxy.endpoint"])
        #expect(errors(document(#""groups": {"a": {}, "a": {}}"#)).map(\.keyPath) == ["mcpProxy.groups.a"])
    }
}

/// Groups as they come over the API.
@Suite struct DynamicGroupTests {
    private func load(
        _ text: String, named name: String = "dev", proxy: ProxySettings = ProxySettings()
    ) throws(ConfigurationError) -> LoadedGroup {
        try ConfigurationLoader.loadGroup(
            named: name, text: Array(text.utf8), source: "request", proxy: proxy, servers: ["git", "team/mcp"])
    }

    private func paths(_ text: String, named name: String = "dev") -> [String] {
        do throws(ConfigurationError) {
            _ = try load(text, named: name)
            return []
        } catch {
            return error.problems.filter { $0.severity == .error }.map(\.keyPath)
        }
    }

    @Test("A group is read alone, and inherits only whether requests are logged")
    func alone() throws {
        let options = ServerOptions(logEnabled: true, authTokens: [Secret("0123456789abcdef")])
        let loaded = try load(
            #"{"servers": ["git"], "title": "$HOME", "options": {}}"#, proxy: ProxySettings(options: options))
        var expected = GroupSettings(name: "dev")
        expected.servers = NamePatterns(["git"])
        expected.title = "$HOME"
        expected.logEnabled = true
        #expect(loaded.settings == expected && loaded.warnings.isEmpty)
    }

    @Test("What the file tolerates is refused; a pattern that matches no server is a warning here as well")
    func strict() throws {
        #expect(paths(#"{"tool": []}"#) == ["tool"])
        #expect(paths(#"{"Tools": []}"#) == ["Tools"])
        #expect(paths(#"{"enabled": true}"#) == ["enabled"])
        #expect(paths(#"{"options": {"authTokens": []}}"#) == ["options.authTokens"])
        #expect(paths("[]") == [""])
        #expect(try load(#"{"servers": ["none"]}"#).warnings.map(\.keyPath) == ["servers[0]"])
    }

    @Test(
        "A name that is not plain, reserved or a server's is refused",
        arguments: ["", "a/b", "-a", "ä", "mcp", "ui", "api", "git", "team", String(repeating: "a", count: 64)])
    func badName(name: String) {
        #expect(paths("{}", named: name) == ["name"])
    }

    @Test("A server that comes over the API cannot have the name of a group")
    func serverNamedLikeGroup() {
        var proxy = ProxySettings()
        proxy.groups = [GroupSettings(name: "dev")]
        let found = dynamicErrors(#"{"url": "https://a"}"#, named: "dev", proxy: proxy)
        #expect(found.map(\.message) == ["there is a group of this name already"])
    }

    @Test("A text of more than 256 KiB is refused before it is read")
    func size() {
        #expect(paths("{}" + String(repeating: " ", count: ConfigurationLoader.maximumServerBytes)) == [""])
    }

    @Test("As many patterns as fit are worked through quickly, whatever servers there are", .timeLimit(.minutes(1)))
    func manyPatterns() throws {
        let patterns = (0..<20_000).map { "\"gti\($0)\"" }.joined(separator: ",")
        let loaded = try ConfigurationLoader.loadGroup(
            named: "dev", text: Array("{\"servers\": [\(patterns)]}".utf8), source: "request", proxy: ProxySettings(),
            servers: (0..<200).map { "server\($0)" })
        #expect(loaded.warnings.count == ConversionContext.maximumProblems + 1)
    }
}
