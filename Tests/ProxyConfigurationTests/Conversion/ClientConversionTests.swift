import MCPValues
import Testing

@testable import ProxyConfiguration

@Suite struct ClientConversionTests {
    private func load(
        _ clients: String, proxy: String = "", servers: String = #""git": {"command": "g"}"#,
        files: [String: String] = [:]
    ) throws -> LoadedConfiguration {
        try ConfigurationLoader.load(
            text: Array(#"{"mcpProxy": {"clients": {\#(clients)}\#(proxy)}, "mcpServers": {\#(servers)}}"#.utf8),
            source: "c", format: .json, environment: [:],
            files: NamedFiles { path throws(ConfigurationError) in files[path].map { Array($0.utf8) } })
    }

    private func errors(_ clients: String, proxy: String = "", files: [String: String] = [:]) throws -> [String] {
        do {
            _ = try load(clients, proxy: proxy, files: files)
            return []
        } catch let error as ConfigurationError {
            return error.problems.filter { $0.severity == .error }.map(\.message)
        }
    }

    private func warnings(_ clients: String, proxy: String = "") throws -> [String] {
        try load(clients, proxy: proxy).warnings.map(\.message)
    }

    private static let token = "0123456789-0123456789"

    @Test("What is left out may not be done, but for tools, of which all may be used")
    func defaults() throws {
        let client = try #require(try load(#""a": {"tokens": ["\#(Self.token)"]}"#).settings.clients.first)
        #expect(client.name == "a" && client.tokens == [Secret(Self.token)])
        #expect(client.rights == .none && client.rights.tools.isAll && client.rights.groups == .asServers)
    }

    @Test("Every key is read")
    func everything() throws {
        let written = """
            "a": {"tokens": ["\(Self.token)"], "servers": ["git"], "groups": ["dev"], "tools": ["*", "!git__p*"], "readOnly": true,
                  "callsPerMinute": 7, "management": "write"}
            """
        let client = try #require(try load(written).settings.clients.first)
        let expected = Rights(
            servers: NamePatterns(["git"]), groups: .named(NamePatterns(["dev"])),
            tools: ToolRights(NamePatterns(["*", "!git__p*"]), isReadOnly: true), management: .write, callsPerMinute: 7)
        #expect(client.rights == expected)
    }

    @Test("Tokens of a file are those of the client, without empty lines and remarks, each once")
    func file() throws {
        let text = "# of the agents\n\(Self.token)\r\n\n  second-token-0123456789  \n\(Self.token)\n"
        let loaded = try load(
            #""a": {"tokens": ["\#(Self.token)"], "tokensFile": "/f", "servers": ["*"]}"#, files: ["/f": text])
        #expect(
            loaded.settings.clients.first?.tokens == [Secret(Self.token), Secret("second-token-0123456789")])
        #expect(loaded.warnings.isEmpty)
    }

    @Test("A file that cannot be used is refused with its name, and without what stands in it")
    func unusableFile() throws {
        let client = #""a": {"tokensFile": "/f", "servers": ["*"]}"#
        #expect(try errors(client) == [#""/f": there is no such file"#])
        let broken = try errors(client, files: ["/f": "good-token-0123456789\nse cret\n"])
        #expect(broken == [#""/f", line 2: the token has a character that cannot stand in a header"#])
        let long = String(repeating: "x", count: NamedFiles.maximumBytes + 1)
        #expect(try errors(client, files: ["/f": long]) == [#""/f": the file has more than 1MiB"#])
    }

    @Test("A token that is somebody's already is refused, and not shown")
    func twice() throws {
        let two = #""a": {"tokens": ["\#(Self.token)"]}, "b": {"tokens": ["\#(Self.token)"]}"#
        #expect(try errors(two) == ["a token of this client is also one of mcpProxy.clients.a"])
        let one = #""a": {"tokens": ["\#(Self.token)"]}"#
        for (place, name) in [
            (#", "options": {"authTokens": ["\#(Self.token)"]}"#, "mcpProxy.options.authTokens"),
            (#", "management": {"authTokens": ["\#(Self.token)"]}"#, "mcpProxy.management.authTokens"),
            (#", "groups": {"dev": {"options": {"authTokens": ["\#(Self.token)"]}}}"#, #"the group "dev""#),
        ] {
            #expect(try errors(one, proxy: place) == ["a token of this client is also one of \(name)"])
        }
    }

    @Test("What can hardly be meant is told")
    func doubts() throws {
        #expect(try warnings(#""a": {"servers": ["*"]}"#) == ["nobody can be this client: it has no token"])
        #expect(try warnings(#""a": {"tokens": ["\#(Self.token)"]}"#) == ["the client may use nothing"])
        let tools =
            #""a": {"tokens": ["\#(Self.token)"], "servers": ["*"], "tools": ["*", "!push", "git__*", "gi*", "publish"]}"#
        #expect(try warnings(tools).count == 2)
        let given = #", "groups": {"dev": {"overrides": {"git__p": {"name": "publish"}}}}"#
        #expect(try warnings(tools, proxy: given).count == 1)
    }

    @Test(
        "A pattern of tools with a slip in its server's part is told which one may be meant",
        arguments: [
            ("gti__*", #"Did you mean "git__*"?"#), ("!gti__*push*", #"Did you mean "!git__*push*"?"#),
            ("Git__log", #"Did you mean "git__log"?"#), ("publsh", #"Did you mean "publish"?"#),
            ("!publsh", #"Did you mean "!publish"?"#), ("mail__*", #"Write a pattern such as "git__*push*""#),
            ("push*", #"Write a pattern such as "git__*push*""#),
        ])
    func slips(pattern: String, words: String) throws {
        let client = #""a": {"tokens": ["\#(Self.token)"], "servers": ["*"], "tools": ["*", "\#(pattern)"]}"#
        let given = #", "groups": {"dev": {"overrides": {"git__p": {"name": "publish"}}}}"#
        #expect(try load(client, proxy: given).warnings.map(\.suggestion) == [words])
    }

    @Test("What changes of clients is told by their names and keys, without tokens")
    func difference() throws {
        let old = try load(
            #""a": {"tokens": ["\#(Self.token)"], "servers": ["*"]}, "b": {"tokens": ["b\#(Self.token)"]}"#)
        let new = try load(
            #""a": {"tokens": ["n\#(Self.token)"], "readOnly": true}, "c": {"tokens": ["b\#(Self.token)"]}"#)
        let lines = SettingsDifference(from: old.settings, to: new.settings).lines
        #expect(lines == [#"+ client "c""#, #"- client "b""#, #"~ client "a": tokens, servers, readOnly"#])
    }
}

/// Slips by which everything would be open that clients close.
@Suite struct MisplacedClientsTests {
    @Test(
        "Clients that stand beside mcpProxy, or below a key that is misspelled, are refused",
        arguments: [
            #"{"clients": {"a": {"tokens": ["0123456789-0123456789"], "servers": ["*"]}}, "mcpServers": {"git": {"command": "g"}}}"#,
            #"{"mcpProxy": {"client": {"a": {"tokens": ["0123456789-0123456789"]}}}, "mcpServers": {"git": {"command": "g"}}}"#,
            #"{"mcpProxy": {"identities": {"issuers": []}}, "mcpServers": {"git": {"command": "g"}}}"#,
        ])
    func misplaced(text: String) {
        #expect(throws: ConfigurationError.self) {
            try ConfigurationLoader.load(text: Array(text.utf8), source: "c", format: .json, environment: [:])
        }
    }

    @Test("Version 1 of clients is read as ever, and other slips stay warnings")
    func others() throws {
        for text in [
            #"{"mcpProxy": {"nam": "x"}, "mcpServers": {"git": {"command": "g"}}}"#,
            #"{"clients": {"git": {"type": "stdio", "config": {"command": "g"}}}, "mcpServers": {"git": {"command": "g"}}}"#,
        ] {
            _ = try ConfigurationLoader.load(text: Array(text.utf8), source: "c", format: .json, environment: [:])
        }
    }
}
