import Testing

@testable import ProxyConfiguration

@Suite struct ReferenceExpansionTests {
    private let environment = [
        "OFF": "true", "N": "7", "NAME": "fetch", "ARGS": #"["-y", "$N", {"a": 1}]"#,
        "EVIL": #"1}, "options": {"disabled": true"#, "TEXT": "plain text", "TWICE": #"{"a": "1", "a": "2"}"#,
        "SECS": "30",
    ]

    @Test("A variable without quotation marks stands for a truth value, a number, a key or a text")
    func values() throws {
        let text = #"""
            {"mcpProxy": {"limits": {"maxSessions": ${N}}, "options": {"logEnabled": $OFF}},
             "mcpServers": {"${NAME}": {"command": ${TEXT}, "disabled": ${OFF} /* off */},
                            "b": {"url": "https://b", "timeout": ${SECS}000000000}}}
            """#
        let loaded = try load(text, environment: environment)
        let settings = loaded.settings
        #expect(settings.limits.maxSessions == 7 && settings.options.logEnabled)
        #expect(settings.servers.first?.name == "fetch" && settings.servers.first?.options.disabled == true)
        #expect(
            settings.servers.last?.transport
                == .http(url: "https://b", headers: [], timeout: .seconds(30), kind: .detect))
        #expect(loaded.warnings.isEmpty)
    }

    @Test("What it stands for is one value: it neither ends the object around it nor is expanded again")
    func oneValue() throws {
        let loaded = try load(
            serverDocument(#""command": "x", "args": [${EVIL}, $TEXT]"#), environment: environment)
        #expect(
            loaded.settings.servers.first?.transport
                == .stdio(
                    command: "x", arguments: [environment["EVIL"] ?? "", "plain text"], environment: [:],
                    workingDirectory: nil))
        #expect(loaded.settings.servers.first?.options.disabled == false)
        let found = errors(serverDocument(#""command": "x", "args": ${ARGS}"#), environment: environment)
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.args[2]"])
    }

    @Test("A key that is given twice in it is found")
    func duplicates() {
        let found = errors(serverDocument(#""command": "x", "env": ${TWICE}"#), environment: environment)
        #expect(found.contains { $0.message.contains("given twice") })
    }

    @Test("Where nothing is expanded, and over the API, it is an error with its place")
    func refused() {
        let text = serverDocument(#""command": "x", "disabled": ${OFF}"#)
        #expect(errors(text, environment: nil).first?.message == "a value is expected here")
        #expect(!dynamicErrors(#"{"command": ${TEXT}}"#).isEmpty)
    }

    @Test(
        "A default counts where the variable is not set or empty", arguments: [("A", "d"), ("EMPTY", "d"), ("N", "7")])
    func defaults(name: String, value: String) throws {
        let loaded = try load(
            serverDocument("\"command\": \"${\(name):-d}\""), environment: ["N": "7", "EMPTY": ""])
        #expect(loaded.warnings.isEmpty)
        #expect(
            loaded.settings.servers.first?.transport
                == .stdio(command: value, arguments: [], environment: [:], workingDirectory: nil))
    }

    @Test("Dollar signs of a password are advised of")
    func dollars() {
        let found = warnings(serverDocument(#""command": "x", "args": ["pa$$w0rd$1", "^x$"]"#))
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.args[0]"])
        #expect(found.first?.message.contains("each $$ is one dollar sign") == true)
        #expect(found.first?.suggestion?.contains("$$") == true)
    }
}
