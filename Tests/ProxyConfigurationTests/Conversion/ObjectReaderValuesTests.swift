import MCPValues
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

    @Test("In YAML a number serves as text, in JSON with a warning, over the API it does not")
    func numbersAsText() throws {
        let yaml = "mcpProxy: {version: 1.10}\nmcpServers: {f: {command: uvx, args: [8080], env: {PORT: 0123}}}\n"
        let settings = try load(yaml, source: "c.yml").settings
        #expect(settings.version == "1.10")
        #expect(
            settings.servers.first?.transport
                == .stdio(
                    command: "uvx", arguments: ["8080"], environment: ["PORT": Secret("0123")], workingDirectory: nil))
        #expect(
            warnings(serverDocument(#""command": "uvx", "args": [8080]"#)).first?.suggestion
                == "Put it in quotation marks")
        #expect(
            dynamicErrors(#"{"command": "uvx", "args": [8080]}"#).first?.suggestion == "Put it in quotation marks")
        #expect(
            warnings("mcpProxy: {}\nmcpServers: {f: {command: uvx, env: {A: yes}}}\n", source: "c.yml").map(\.keyPath)
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
        #expect(errors(serverDocument(#""command": "a", "args": 7"#)).map(\.keyPath) == ["mcpServers.fetch.args"])
        #expect(dynamicErrors(#"{"command": "a", "args": "-y"}"#).map(\.keyPath) == ["args"])
        #expect(
            errors(serverDocument(#""command": "a", "args": [{}, "a", [], 1]"#)).map(\.keyPath) == [
                "mcpServers.fetch.args[0]", "mcpServers.fetch.args[2]",
            ])
        #expect(
            errors(proxyDocument(#""allowedHosts": [1, "a", null, []]"#)).map(\.keyPath) == [
                "mcpProxy.allowedHosts[0]", "mcpProxy.allowedHosts[2]", "mcpProxy.allowedHosts[3]",
            ])
    }

    @Test("An object is wanted where names are free")
    func maps() {
        #expect(errors(serverDocument(#""command": "a", "env": ["A=b"]"#)).map(\.keyPath) == ["mcpServers.fetch.env"])
    }

    @Test("An unknown word is refused with the words there are, and quoted unless it may be a secret")
    func choices() throws {
        let found = try #require(errors(serverDocument(#""command": "a", "isolation": "sharedd""#)).first)
        #expect(found.suggestion == #"Did you mean "shared"? Write one of "principal", "session", "shared""#)
        #expect(found.message == #""sharedd" is none of the words it may be"#)
        let secret = #""command": "a", "isolation": "canary-0123456789""#
        #expect(errors(serverDocument(secret)).count == 1 && !"\(errors(serverDocument(secret)))".contains("canary"))
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

    @Test("A pin takes each of its words and no other; without the key there is none")
    func pins() throws {
        for mode in PinMode.allCases {
            #expect(try server(#""command": "a", "pin": "\#(mode.rawValue)""#)?.pin == mode)
        }
        #expect(try server(#""command": "a""#)?.pin == nil)
        let found = try #require(errors(serverDocument(#""command": "a", "pin": "quarantin""#)).first)
        #expect(found.keyPath == "mcpServers.fetch.pin" && "\(found)".contains("\"quarantine\""))
    }
}
