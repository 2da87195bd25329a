import Testing

@testable import ProxyConfiguration

@Suite struct TransportConversionTests {
    @Test("A command with everything that belongs to it is a program")
    func stdio() throws {
        let settings = try server(
            #""command": "npx", "args": ["-y", "x"], "env": {"A": "", "B": "b=c"}, "cwd": "/srv", "transportType": "stdio""#
        )
        #expect(
            settings?.transport
                == .stdio(
                    command: "npx", arguments: ["-y", "x"], environment: ["A": Secret(""), "B": Secret("b=c")],
                    workingDirectory: "/srv"))
    }

    @Test("With command and url the program is taken, with a warning for each key that has no effect")
    func both() throws {
        let members =
            #""command": "npx", "url": "https://a", "headers": {"A": "b"}, "timeout": "1s", "transportType": "sse""#
        let loaded = try load(serverDocument(members))
        #expect(
            loaded.settings.servers.first?.transport
                == .stdio(command: "npx", arguments: [], environment: [:], workingDirectory: nil))
        #expect(
            loaded.warnings.map(\.keyPath)
                == ["url", "headers", "timeout", "transportType"].map { "mcpServers.fetch.\($0)" })
    }

    @Test(
        "The transport stdio without a command is refused",
        arguments: ["", #", "url": "https://a""#, #", "command": """#])
    func stdioWithoutCommand(members: String) {
        let found = errors(serverDocument("\"transportType\": \"stdio\"\(members)"))
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.command"])
        #expect(found.first?.message == "the transport stdio needs command")
    }

    @Test("A remote transport without url is refused", arguments: ["sse", "streamable-http"])
    func remoteWithoutURL(word: String) {
        let found = errors(serverDocument("\"transportType\": \"\(word)\""))
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.url"])
        #expect(found.first?.message == "the transport \(word) needs url")
    }

    @Test(
        "A server with neither command nor url is refused, and told which it may have",
        arguments: ["", #""command": "", "url": """#, #""args": []"#])
    func neither(members: String) {
        let found = errors(serverDocument(members))
        #expect(found.map(\.message) == ["the server has neither command nor url"])
    }

    @Test(
        "A command or url of the wrong kind is reported once",
        arguments: [#""command": 1"#, #""url": []"#, #""url": {}, "transportType": "sse""#])
    func wrongKind(members: String) {
        #expect(errors(serverDocument(members)).count == 1)
    }

    @Test(
        "The name of an environment variable is checked",
        arguments: [
            (#""": "x""#, #"mcpServers.fetch.env[""]"#), (#""A=B": "x""#, #"mcpServers.fetch.env["A=B"]"#),
            (#""A=\u0301B": "x""#, "mcpServers.fetch.env[\"A=\u{301}B\"]"),
            (#""A\u0000": "x""#, #"mcpServers.fetch.env["A\u{0}"]"#),
        ])
    func environmentNames(members: String, path: String) {
        #expect(errors(serverDocument("\"command\": \"a\", \"env\": {\(members)}")).map(\.keyPath) == [path])
    }

    @Test("NUL is refused everywhere a program would see it")
    func nul() {
        let found = errors(
            serverDocument(#""command": "a\u0000", "args": ["\u0000"], "env": {"A": "\u0000"}, "cwd": "\u0000""#))
        #expect(found.map(\.keyPath) == ["command", "args", "env.A", "cwd"].map { "mcpServers.fetch.\($0)" })
    }

    @Test("The value of an environment variable is never shown")
    func hidesValues() {
        for value in ["\"canary\\u0000\"", "[\"canary\"]", "{\"canary\": 1}"] {
            let found = problems(serverDocument("\"command\": \"a\", \"env\": {\"A\": \(value)}"))
            #expect(!found.isEmpty && !"\(found)".contains("canary"))
        }
    }
}
