import Testing

@testable import ProxyConfiguration

@Suite struct ObjectReaderValuesTests {
    @Test(
        "A value of another kind is refused without being shown",
        arguments: ["name", "baseURL", "addr", "version", "type"])
    func textWanted(key: String) throws {
        for value in ["7317", "true", "[\"7317\"]", "{\"a\": 7317}"] {
            let found = errors(proxyDocument("\"\(key)\": \(value)"))
            #expect(found.map(\.keyPath) == ["mcpProxy.\(key)"])
            #expect(!"\(found)".contains("7317"))
        }
    }

    @Test("In YAML a number serves as text, in JSON it does not")
    func numbersAsText() throws {
        let yaml = "mcpProxy: {version: 1.10}\nmcpServers: {f: {command: uvx, args: [8080], env: {PORT: 0123}}}\n"
        let settings = try load(yaml, source: "c.yml").settings
        #expect(settings.version == "1.10")
        #expect(
            settings.servers.first?.transport
                == .stdio(
                    command: "uvx", arguments: ["8080"], environment: ["PORT": Secret("0123")], workingDirectory: nil))
        #expect(
            errors(serverDocument(#""command": "uvx", "args": [8080]"#)).first?.suggestion
                == "Put it in quotation marks")
        #expect(
            errors("mcpProxy: {}\nmcpServers: {f: {command: uvx, env: {A: yes}}}\n", source: "c.yml").map(\.keyPath)
                == ["mcpServers.f.env.A"])
    }

    @Test(
        "Truth values may be texts, and nothing else",
        arguments: [("\"yes\"", true), ("\"1\"", true), ("\"false\"", false), ("true", true)])
    func booleans(value: String, expected: Bool) throws {
        #expect(
            try server("\"command\": \"a\", \"options\": {\"logEnabled\": \(value)}")?.options.logEnabled == expected)
    }

    @Test("Other values are no truth values", arguments: ["1", "\"maybe\"", "[]", "\"\"", "{}"])
    func notBooleans(value: String) {
        let found = errors(proxyDocument("\"options\": {\"panicIfInvalid\": \(value)}"))
        #expect(found.map(\.keyPath) == ["mcpProxy.options.panicIfInvalid"])
    }

    @Test("A list is wanted where a list is meant, and every wrong element is reported")
    func lists() {
        #expect(errors(serverDocument(#""command": "a", "args": "-y""#)).map(\.keyPath) == ["mcpServers.fetch.args"])
        #expect(
            errors(serverDocument(#""command": "a", "args": [1, "a", null, []]"#)).map(\.keyPath) == [
                "mcpServers.fetch.args[0]", "mcpServers.fetch.args[2]", "mcpServers.fetch.args[3]",
            ])
    }

    @Test("An object is wanted where names are free")
    func maps() {
        #expect(errors(serverDocument(#""command": "a", "env": ["A=b"]"#)).map(\.keyPath) == ["mcpServers.fetch.env"])
    }

    @Test("An unknown word is refused with the words there are, and not shown")
    func choices() throws {
        let found = try #require(errors(serverDocument(#""command": "a", "isolation": "sharedd""#)).first)
        #expect(found.suggestion == #"Did you mean "shared"? Write one of "principal", "session", "shared""#)
        #expect(!"\(errors(serverDocument(#""command": "a", "isolation": "canary""#)))".contains("canary"))
        #expect(
            errors(serverDocument(#""command": "a", "protocol": "new""#)).map(\.keyPath) == [
                "mcpServers.fetch.protocol"
            ])
    }

    @Test("Isolation and protocol take each of their words", arguments: Isolation.allCases, ProtocolEra.allCases)
    func words(isolation: Isolation, era: ProtocolEra) throws {
        let settings = try server(
            "\"command\": \"a\", \"isolation\": \"\(isolation.rawValue)\", \"protocol\": \"\(era.rawValue)\"")
        #expect(settings?.isolation == isolation && settings?.protocolEra == era)
    }
}
