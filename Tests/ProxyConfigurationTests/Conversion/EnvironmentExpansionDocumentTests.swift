import Testing

@testable import ProxyConfiguration

@Suite struct EnvironmentExpansionDocumentTests {
    @Test("A value can never break the syntax or add keys")
    func cannotBreakSyntax() throws {
        let settings = try load(
            serverDocument(#""command": "$X""#), environment: ["X": #"a", "options": {"disabled": true}, "x": "${Y}"#]
        ).settings
        #expect(
            settings.servers.first?.transport
                == .stdio(
                    command: #"a", "options": {"disabled": true}, "x": "${Y}"#, arguments: [], environment: [:],
                    workingDirectory: nil))
        #expect(settings.servers.first?.options.disabled == false)
    }

    @Test("Values, and names in mcpServers, env and headers, are expanded; of other names only ${NAME} is")
    func places() throws {
        let text = #"""
            {"mcpProxy": {"name": "$N", "options": {"authTokens": ["${T}"], "logEnabled": "$L"}, "limits": {"callTimeout": "${D}", "maxBodyBytes": "${S}", "maxSessions": "${C}"}, "$N": 1, "${TYPE}": "streamable-http"},
             "mcpServers": {"fetch/$T": {"command": "$N", "args": ["-$N"], "env": {"$N": "$T"}},
                            "r": {"url": "https://$N/", "headers": {"X-$N": "$T"}}}}
            """#
        let environment = [
            "N": "host", "T": "0123456789abcdef", "L": "yes", "D": "5s", "S": "1MiB", "C": "7", "TYPE": "type",
        ]
        let loaded = try load(text, environment: environment)
        let settings = loaded.settings
        #expect(settings.name == "host" && settings.advertised == .streamableHTTP)
        #expect(settings.options == ServerOptions(logEnabled: true, authTokens: [Secret("0123456789abcdef")]))
        #expect(
            settings.limits.callTimeout == .seconds(5) && settings.limits.maxBodyBytes == 1 << 20
                && settings.limits.maxSessions == 7)
        #expect(settings.servers.map(\.name) == ["fetch/0123456789abcdef", "r"])
        #expect(
            settings.servers.first?.transport
                == .stdio(
                    command: "host", arguments: ["-host"], environment: ["host": Secret("0123456789abcdef")],
                    workingDirectory: nil))
        #expect(
            settings.servers.last?.transport
                == .http(
                    url: "https://host/", headers: [HeaderField(name: "X-host", value: Secret("0123456789abcdef"))],
                    timeout: nil, kind: .detect))
        #expect(loaded.warnings.map(\.keyPath) == ["mcpProxy.$N"])
    }

    @Test("An undefined variable is a warning with its name, key and place")
    func undefined() throws {
        let found = warnings(serverDocument(#""command": "uvx", "env": {"KEY": "${NOPE}"}"#))
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.env.KEY"])
        #expect(found.first?.message.contains("NOPE") == true)
        #expect(found.first?.line == 1)
    }

    @Test("Without an environment dollar signs mean nothing")
    func switchedOff() throws {
        let loaded = try load(serverDocument(#""command": "$$A${B}""#), environment: nil)
        #expect(
            loaded.settings.servers.first?.transport
                == .stdio(command: "$$A${B}", arguments: [], environment: [:], workingDirectory: nil))
        #expect(loaded.warnings.isEmpty)
    }

    @Test("Names that become one by expansion are reported")
    func collidingNames() {
        let found = errors(serverDocument(#""command": "a", "env": {"A": "1", "$X": "2"}"#), environment: ["X": "A"])
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.env.$X"])
    }

    @Test("A message shows a name as written, not what a variable made of it")
    func showsWrittenName() {
        let text = #"{"mcpProxy": {}, "mcpServers": {"$CANARY": {"command": 1, "env": {"$CANARY": 1}}}}"#
        let shown = problems(text, environment: ["CANARY": "canary-value"]).map(\.description).joined()
        #expect(shown.contains("mcpServers.$CANARY"))
        #expect(!shown.contains("canary-value"))
    }

    @Test("Doubtful dollar signs and malformed references are warnings")
    func doubtful() {
        #expect(warnings(serverDocument(#""command": "a$5", "args": ["${A:secret}"]"#)).count == 2)
        let shown = warnings(serverDocument(#""command": "a", "args": ["${A:canary}"]"#)).map(\.description).joined()
        #expect(!shown.contains("canary"))
    }
}
