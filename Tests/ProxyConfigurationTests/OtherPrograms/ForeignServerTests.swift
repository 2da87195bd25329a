import Addresses
import MCPValues
import Testing

@testable import ProxyConfiguration

@Suite struct ForeignServerTests {
    private func program(
        _ members: String, environment: [String: String]? = ["HOME": "/home/u", "TWO": "two words"]
    ) throws -> (command: String, arguments: [String], folder: String?)? {
        guard
            case .stdio(let command, let arguments, _, let folder)? = try server(members, environment: environment)?
                .transport
        else { return nil }
        return (command, arguments, folder)
    }

    private func remote(_ members: String) throws -> (url: HTTPURL, kind: HTTPTransportKind)? {
        guard case .http(let url, _, _, let kind)? = try server(members)?.transport else { return nil }
        return (url, kind)
    }

    @Test(
        "A server that is off for another program is off here",
        arguments: [
            #""disabled": true"#, #""enabled": false"#, #""isActive": false"#, #""disabled": "true""#,
            #""disabled": true, "options": {"disabled": false}"#, #""enabled": true, "options": {"disabled": true}"#,
        ])
    func off(members: String) throws {
        #expect(try server("\"command\": \"a\", \(members)")?.options.disabled == true)
    }

    @Test(
        "A server that is on there is on, also where the proxy's default is off",
        arguments: [#""disabled": false"#, #""enabled": true"#])
    func isOn(members: String) throws {
        let text = #"""
            {"mcpProxy": {"options": {"disabled": true}}, "mcpServers": {"a": {"command": "a", \#(members)}}}
            """#
        #expect(try load(text).settings.servers.first?.options.disabled == false)
    }

    @Test(
        "Another program's key for the address is taken, with a warning that names the right one",
        arguments: ["serverUrl", "httpUrl", "uri", "baseUrl"])
    func addresses(key: String) throws {
        let members = "\"\(key)\": \"https://a/mcp\""
        #expect(try remote(members)?.url == "https://a/mcp")
        let found = warnings(serverDocument(members))
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.\(key)"] && found.first?.suggestion == #"Write "url""#)
    }

    @Test(
        "A time limit whose name says what it counts is taken, with a warning that shows the right form",
        arguments: [
            (#""startup_timeout_sec": 90"#, #"Write "startTimeout": "90s""#),
            (#""startup_timeout_ms": 90000"#, #"Write "startTimeout": "90000ms""#),
            (#""initTimeout": 90000"#, #"Write "startTimeout": "90000ms""#),
            (#""tool_timeout_sec": 90"#, #"Write "callTimeout": "90s""#),
        ])
    func times(member: String, suggestion: String) throws {
        let loaded = try load(serverDocument("\"command\": \"a\", \(member)"))
        let server = try #require(loaded.settings.servers.first)
        #expect([server.startTimeout, server.callTimeout].compactMap(\.self) == [.seconds(90)])
        #expect(loaded.warnings.map(\.suggestion) == [suggestion])
    }

    @Test("Headers in the description of a whole request are headers")
    func innerHeaders() throws {
        let settings = try server(#""url": "https://a", "requestInit": {"headers": {"A": "b"}}"#)
        #expect(
            settings?.transport
                == .http(
                    url: "https://a", headers: [HeaderField(name: "A", value: Secret("b"))], timeout: nil, kind: .detect
                ))
    }

    @Test(
        "A transport in another spelling is understood",
        arguments: [
            (#""type": "streamableHttp""#, HTTPTransportKind.streamableHTTP), (#""type": "http""#, .streamableHTTP),
            (#""type": "streamable_http""#, .streamableHTTP), (#""transport": "sse""#, .sse), (#""type": "SSE""#, .sse),
            (#""transport": "streamable-http""#, .streamableHTTP), (#""type": "remote""#, .detect),
        ])
    func transports(members: String, kind: HTTPTransportKind) throws {
        #expect(try remote("\"url\": \"https://a\", \(members)")?.kind == kind)
    }

    @Test("A wrong word is quoted")
    func quoted() {
        let found = errors(serverDocument(#""url": "https://a", "type": "websocket""#))
        #expect(found.first?.message.hasPrefix(#""websocket" is none of the words"#) == true)
    }

    @Test("A wrong word that a variable has brought in is not shown")
    func notQuoted() {
        let found = problems(serverDocument(#""url": "https://a", "type": "$X""#), environment: ["X": "canary"])
        #expect(found.count == 1 && !"\(found)".contains("canary"))
    }

    @Test(
        "A command line in one text is taken apart, with a warning that shows the right form",
        arguments: [
            (#""command": "docker run -i --rm x/y""#, ["docker", "run", "-i", "--rm", "x/y"]),
            (#""command": "npx -y", "args": ["z"]"#, ["npx", "-y", "z"]),
            (#""command": "npx", "args": "-y 'a b'""#, ["npx", "-y", "a b"]),
            (#""command": ["npx", "-y", "z"]"#, ["npx", "-y", "z"]),
            (#""command": {"path": "npx", "args": ["z"]}"#, ["npx", "z"]),
            (#""cmd": "npx", "args": ["z"]"#, ["npx", "z"]),
        ])
    func commandLines(members: String, expected: [String]) throws {
        let program = try #require(try program(members))
        #expect([program.command] + program.arguments == expected)
        let found = warnings(serverDocument(members))
        #expect(found.count == 1 && found.first?.suggestion?.hasPrefix("Write") == true)
    }

    @Test(
        "Several words in one argument are told of, and stay one",
        arguments: [
            (#""-y", "--", "docker run -i x""#, true), (#""-y @scope/x""#, true), (#""--rm -i""#, true),
            (#""-c", "docker run -i x""#, false), (#""--header=A b""#, false), (#""--", "/opt/my tools/x""#, false),
            (#""--", "npx""#, false), (#""- a list""#, false), (#""--", "it's open""#, false),
        ])
    func severalWords(arguments: String, isTold: Bool) throws {
        let members = "\"command\": \"x\", \"args\": [\(arguments)]"
        let found = warnings(serverDocument(members))
        #expect(found.map(\.keyPath) == (isTold ? ["mcpServers.fetch.args"] : []))
        #expect(try program(members)?.arguments.count == arguments.split(separator: "\", \"").count)
    }

    @Test(
        "A path with a space in it is one command",
        arguments: ["/opt/my tools/run", #"C:\\Program Files\\x.exe"#, "./a b"])
    func spacedPath(command: String) throws {
        #expect(try program("\"command\": \"\(command)\"")?.arguments == [])
        #expect(warnings(serverDocument("\"command\": \"\(command)\"")).isEmpty)
    }

    @Test("The value of a variable is one argument, whatever is in it")
    func oneArgument() throws {
        let program = try program(#""command": "npx --t=$TWO", "args": "$TWO x""#)
        #expect(program?.arguments == ["--t=two words", "two words", "x"])
        #expect(try self.program(#""command": "$TWO""#)?.command == "two words")
    }

    @Test("A tilde is the home folder for command and cwd, and told of in arguments")
    func home() throws {
        let members = #""command": "~/bin/x", "cwd": "~", "args": ["~/data"]"#
        let program = try #require(try program(members))
        #expect(program == ("/home/u/bin/x", ["~/data"], "/home/u"))
        let found = warnings(serverDocument(members), environment: ["HOME": "/h"])
        #expect(found.count == 3 && found.allSatisfy { $0.suggestion?.contains("${HOME}") == true })
        #expect(try self.program(members, environment: nil)?.command == "~/bin/x")
    }

    @Test("Numbers, truth values and null among arguments and variables are warnings")
    func looseTexts() throws {
        let members = #""command": "a", "args": ["--port", 8080, true, null], "env": {"P": 80, "D": false, "N": null}"#
        let loaded = try load(serverDocument(members))
        #expect(
            loaded.settings.servers.first?.transport
                == .stdio(
                    command: "a", arguments: ["--port", "8080", "true"],
                    environment: ["P": Secret("80"), "D": Secret("false")], workingDirectory: nil))
        #expect(loaded.warnings.count == 6)
        #expect(dynamicErrors("{\(members)}").count == 6)
    }

    @Test("Keys for another program are one warning, and nothing missing in them matters")
    func unusedKeys() throws {
        let members = #"""
            "command": "a", "alwaysAllow": ["x"], "autoApprove": [], "envFile": "${workspaceFolder}/.env", "trust": false
            """#
        let loaded = try load(serverDocument(members))
        #expect(loaded.warnings.map(\.keyPath) == ["mcpServers.fetch"])
        #expect(loaded.warnings.first?.message.contains("alwaysAllow, autoApprove, envFile, trust") == true)
        #expect(loaded.settings.servers.first?.cannotStart == nil)
    }

    @Test(
        "The tools that another program lets its model see are a filter",
        arguments: [
            (#""includeTools": ["a", "b"]"#, ToolFilter(mode: .allow, names: ["a", "b"])),
            (#""excludeTools": ["a"]"#, ToolFilter(mode: .block, names: ["a"])),
            (#""includeTools": ["a", "b"], "excludeTools": ["b"]"#, ToolFilter(mode: .allow, names: ["a"])),
            (#""disabledTools": ["a"], "options": {"logEnabled": true}"#, ToolFilter(mode: .block, names: ["a"])),
            (#""disabledTools": []"#, nil), (#""allowedTools": ["*"]"#, nil),
        ] as [(String, ToolFilter?)])
    func filters(members: String, filter: ToolFilter?) throws {
        #expect(try server("\"command\": \"a\", \(members)")?.options.toolFilter == filter)
    }

    @Test("Beside the proxy's own filter another program's list has no effect, with a warning")
    func ownFilter() throws {
        let members =
            #""command": "a", "excludeTools": ["x"], "options": {"toolFilter": {"mode": "allow", "list": ["y"]}}"#
        #expect(try server(members)?.options.toolFilter == ToolFilter(mode: .allow, names: ["y"]))
        #expect(warnings(serverDocument(members)).map(\.keyPath) == ["mcpServers.fetch.options"])
    }

    @Test(
        "A server over the API has the proxy's own keys only",
        arguments: [#""serverUrl": "https://a""#, #""command": "a", "trust": true"#])
    func strict(members: String) {
        #expect(!dynamicErrors("{\(members)}").isEmpty)
    }

    // MARK: Logins

    @Test("A login that is found out here as well has no effect, and the client of another program is one")
    func logins() throws {
        let url = #""url": "https://a""#
        for word in ["oauth", "OAuth"] {
            let loaded = try load(serverDocument(#"\#(url), "auth": "\#(word)""#))
            #expect(loaded.settings.servers.first?.authorization == .discovered)
            #expect(loaded.warnings.map(\.keyPath) == ["mcpServers.fetch"])
        }
        let theirs = #"{"CLIENT_ID": "c", "CLIENT_SECRET": "${env:SECRET}", "scopes": ["read"]}"#
        let loaded = try load(serverDocument(#"\#(url), "auth": \#(theirs)"#), environment: ["SECRET": "s"])
        #expect(
            loaded.settings.servers.first?.authorization
                == .oauth(.init(scopes: ["read"], client: .init(id: "c", proof: .secret(Secret("s"))))))
        #expect(loaded.warnings.first?.suggestion == #"Write "auth": {"type": "oauth", "clientID": …}"#)
        #expect(dynamicErrors("{\(url), \"auth\": \(theirs)}").contains { $0.keyPath == "auth.CLIENT_ID" })
    }
}
