import Testing

@testable import ProxyConfiguration

@Suite struct ShownDocumentTests {
    private static let secrets = SecretFiles { path in
        path == "/run/secret" ? .success("from-a-file-from-a-file") : .failure(UnreadFile.Fault("is not there"))
    }

    private func shown(_ text: String, _ environment: [String: String] = [:]) throws -> [String: ShownValue] {
        let loaded = try ConfigurationLoader.load(
            text: Array(text.utf8), source: "config.json", format: .json, environment: environment,
            secrets: Self.secrets)
        #expect(Set(loaded.shown.map(\.key)).count == loaded.shown.count)
        return Dictionary(loaded.shown.map { ($0.key, $0) }) { first, _ in first }
    }

    @Test("What is written is told with its place, and what is not with its default")
    func origins() throws {
        let values = try shown(
            """
            {
              "mcpProxy": {"addr": "127.0.0.1:1", "limits": {"maxSessions": 7}},
              "mcpServers": {"one": {"command": "uvx", "options": {"disabled": true}}}
            }
            """)
        let address = try #require(values["mcpProxy.addr"])
        #expect(address.text == "127.0.0.1:1" && address.origin == .file)
        #expect(address.position == SourcePosition(line: 2, column: 24))
        #expect(values["mcpProxy.limits.maxSessions"]?.text == "7")
        let usual = try #require(values["mcpProxy.limits.maxSessionsPerPrincipal"])
        #expect(usual.text == "1024" && usual.origin == .standard && usual.position == nil)
        #expect(values["mcpProxy.name"]?.text == "mcp-proxy")
        #expect(values["mcpServers.one.command"]?.text == "uvx")
        #expect(values["mcpServers.one.options.disabled"]?.text == "true")
        // Those of each server would be many.
        #expect(values["mcpServers.one.options.logEnabled"] == nil)
        #expect(values.keys.allSatisfy { !$0.hasPrefix("server.") && !$0.hasPrefix("clients") })
    }

    @Test("No secret is there, wherever it stands, and what variables and files bring in is named")
    func secrets() throws {
        let values = try shown(
            """
            {
              "mcpProxy": {
                "addr": "${ADDR}", "options": {"authTokens": ["word-1-word-1-word-1-word", "${TOKEN}"], "logEnabled": "${LOG}"},
                "management": {"authTokens": ["${file:/run/secret}"]},
                "clients": {"ann": {"tokens": ["word-2-word-2-word-2-word"], "servers": ["*"]}},
                "groups": {"dev": {"servers": ["one"], "tools": ["a*"]}}
              },
              "mcpServers": {
                "one": {"command": "uvx", "args": ["--key", "word-3"], "env": {"KEY": "word-4"}},
                "two": {
                  "url": "https://example.com/word-6?key=word-7", "headers": {"X-Key": "word-8 ${TOKEN}"}
                },
                "three/word-9": {"command": "uvx"}
              }
            }
            """, ["ADDR": "127.0.0.1:2", "TOKEN": "word-0-word-0-word-0-word", "LOG": "true"])
        let text = values.values.map { "\($0)" }.joined()
        #expect(!text.contains("word-") && !text.contains("from-a-file"))
        #expect(values["mcpProxy.options.authTokens"]?.text == nil)
        #expect(values["mcpProxy.options.authTokens"]?.names == ["TOKEN"])
        #expect(values["mcpProxy.management.authTokens"]?.origin == .secretFile)
        #expect(values["mcpProxy.management.authTokens"]?.names == ["/run/secret"])
        #expect(values["mcpProxy.addr"]?.text == nil && values["mcpProxy.addr"]?.origin == .environment)
        #expect(values["mcpProxy.options.logEnabled"]?.text == "true")
        #expect(values["mcpProxy.options.logEnabled"]?.names == ["LOG"])
        #expect(values["mcpProxy.clients.ann.servers"]?.text == "[*]")
        #expect(values["mcpProxy.groups.dev.tools"]?.text == "[a*]")
        #expect(values["mcpServers.one.env.KEY"]?.text == nil && values["mcpServers.one.env.KEY"]?.origin == .file)
        #expect(values["mcpServers.two.url"]?.text == "https://example.com/…")
        #expect(values["mcpServers.two.headers.X-Key"]?.names == ["TOKEN"])
    }

    @Test("Of every key with a text somebody has said whether it may be shown")
    func decided() {
        let hidden: Set<String> = [
            "authTokens", "globalAuthTokens", "tokens", "args", "clientSecret", "pattern",
        ]
        for scope in KeyScope.allCases {
            for key in scope.keys {
                switch key.shape {
                case .text, .texts, .textOrTexts:
                    #expect(
                        scope.shownTexts.contains(key.name) || hidden.contains(key.name), "\(scope).\(key.name)")
                default: continue
                }
            }
            let names = Set(scope.keys.map(\.name))
            #expect(scope.shownTexts.isSubset(of: names), "\(scope): \(scope.shownTexts.subtracting(names))")
        }
    }

    @Test("Other formats and the words of version 1 are told as they are written")
    func formats() throws {
        let old = try shown(
            #"{"server": {"addr": ":1", "globalAuthTokens": ["word-1"]}, "clients": {"a": {"type": "stdio", "config": {"command": "uvx", "args": ["word-2"]}}}}"#
        )
        #expect(old["server.addr"]?.text == ":1" && old["clients.a.config.command"]?.text == "uvx")
        #expect(!old.values.map { "\($0)" }.joined().contains("word-"))
        let yaml = try ConfigurationLoader.load(
            text: Array("mcpServers:\n  one:\n    command: uvx\n".utf8), source: "c.yaml", format: .yaml,
            environment: nil)
        let value = try #require(yaml.shown.first { $0.key == "mcpServers.one.command" })
        #expect(value.text == "uvx" && value.position?.line == 3)
    }
}
