import ProxyConfiguration
import Testing

@testable import ClientFiles

@Suite struct ServerTranslationTests {
    private func entry(_ text: String, of client: Client? = .cursor, project: String? = nil) throws -> String {
        let servers = try translated("{\"mcpServers\": {\"a\": \(text)}}", of: client, project: project)
        return compact(try #require(servers.first).entry)
    }

    @Test("A program keeps command, arguments, environment and folder")
    func program() throws {
        let text =
            #"{"type": "stdio", "env": {"N": 1, "B": true, "X": null}, "args": ["-y", 2], "cwd": "/x", "command": "npx"}"#
        #expect(try entry(text) == #"{"command": "npx","args": ["-y", "2"],"env": {"N": "1","B": "true"},"cwd": "/x"}"#)
    }

    @Test(
        "The kind of a remote server becomes the proxy's word for it",
        arguments: [
            ("http", "streamable-http"), ("streamable-http", "streamable-http"), ("streamableHttp", "streamable-http"),
            ("sse", "sse"), ("SSE", "sse"),
        ])
    func kinds(written: String, meant: String) throws {
        #expect(
            try entry(#"{"type": "\#(written)", "url": "https://a/mcp"}"#)
                == #"{"url": "https://a/mcp","transportType": "\#(meant)"}"#)
    }

    @Test("Windsurf's serverUrl is a URL, and nothing is said of the kind where the file says nothing")
    func serverURL() throws {
        #expect(
            try entry(#"{"serverUrl": "https://a/mcp", "headers": {"X-Key": "${env:KEY}"}}"#, of: .windsurf)
                == #"{"url": "https://a/mcp","headers": {"X-Key": "${KEY}"}}"#)
    }

    @Test(
        "A server that is off stays off",
        arguments: [#""disabled": true"#, #""enabled": false"#, #""disabled": true, "enabled": true"#])
    func disabled(flag: String) throws {
        #expect(try entry(#"{"command": "x", \#(flag)}"#) == #"{"command": "x","options": {"disabled": true}}"#)
    }

    @Test("A server that is on has no options")
    func enabled() throws {
        #expect(try entry(#"{"command": "x", "disabled": false, "enabled": true}"#) == #"{"command": "x"}"#)
    }

    @Test("Tools that are off are filtered out")
    func disabledTools() throws {
        #expect(
            try entry(#"{"command": "x", "disabledTools": ["rm"]}"#, of: .windsurf)
                == #"{"command": "x","options": {"toolFilter": {"mode": "block","list": ["rm"]}}}"#)
    }

    @Test("What the proxy has no use for is left out by name")
    func dropped() throws {
        let servers = try translated(
            #"{"mcpServers": {"a": {"command": "x", "alwaysAllow": ["t"], "timeout": 60}}}"#, of: .cursor)
        #expect(servers.first?.notes == ["not taken over: alwaysAllow, timeout"])
    }

    @Test(
        "How long a server may take is counted as its program counts, and told",
        arguments: [
            (.cline, #""command": "x", "timeout": 60"#, #""callTimeout": "60s""#, "timeout 60 became callTimeout 60s"),
            (.goose, #""cmd": "x", "timeout": 300"#, #""callTimeout": "300s""#, "timeout 300 became callTimeout 300s"),
            (
                .libreChat, #""command": "x", "initTimeout": 10000"#, #""startTimeout": "10000ms""#,
                "initTimeout 10000 became startTimeout 10000ms"
            ),
            (
                .claudeCode, #""command": "x", "timeout": 600000"#, #""callTimeout": "600000ms""#,
                "timeout 600000 became callTimeout 600000ms"
            ),
            (
                .codex, #""command": "x", "startup_timeout_sec": 20.0"#, #""startTimeout": "20s""#,
                "startup_timeout_sec 20.0 became startTimeout 20s"
            ),
            (
                .codex, #""command": "x", "startup_timeout_ms": 500"#, #""startTimeout": "500ms""#,
                "startup_timeout_ms 500 became startTimeout 500ms"
            ),
            (
                .codex, #""command": "x", "tool_timeout_sec": 1.5"#, #""callTimeout": "1s500ms""#,
                "tool_timeout_sec 1.5 became callTimeout 1s500ms"
            ),
            (
                .codex, #""command": "x", "startup_timeout_sec": 7200"#, #""startTimeout": "1h""#,
                "startup_timeout_sec 7200 became startTimeout 1h"
            ),
            (
                .zed, #""command": "x", "timeout": 60000"#, #""callTimeout": "1m""#,
                "timeout 60000 became callTimeout 1m"
            ),
            (nil, #""command": "x", "timeout": 60"#, #""callTimeout": "1m""#, "timeout 60 became callTimeout 1m"),
            (.cline, #""url": "https://a", "timeout": 60"#, #""timeout": "60s""#, "timeout 60 became timeout 60s"),
            (
                .opencode, #""command": ["x"], "timeout": {"startup": 9000}"#, #""startTimeout": "9000ms""#,
                "timeout.startup 9000 became startTimeout 9000ms"
            ),
        ] as [(Client?, String, String, String)])
    func times(client: Client?, members: String, written: String, note: String) throws {
        let key = client == .codex ? "mcp_servers" : client == .goose ? "extensions" : "mcpServers"
        let list = client == .zed ? "context_servers" : client == .opencode ? "mcp" : key
        let server = try #require(try translated("{\"\(list)\": {\"a\": {\(members)}}}", of: client).first)
        #expect(compact(server.entry).contains(", \(written)") || compact(server.entry).contains(",\(written)"))
        #expect(server.notes == [note])
    }

    @Test(
        "A time that is none is left out by name",
        arguments: ["0", "-5", "\"soon\"", "null, \"trust\": true", "1e3"])
    func noTime(value: String) throws {
        let text = "{\"mcp_servers\": {\"a\": {\"command\": \"x\", \"startup_timeout_sec\": \(value)}}}"
        let server = try #require(try translated(text, of: .codex).first)
        #expect(compact(server.entry) == #"{"command": "x"}"#)
        #expect(server.notes.first?.hasPrefix("not taken over: startup_timeout_sec") == true)
    }

    @Test("A time of less than a second was meant in another unit, and is left out by name", arguments: [60, 999])
    func shortTime(milliseconds: Int) throws {
        let text = #"{"mcpServers": {"a": {"command": "x", "timeout": \#(milliseconds)}}}"#
        let server = try #require(try translated(text, of: .claudeCode).first)
        #expect(compact(server.entry) == #"{"command": "x"}"# && server.notes == ["not taken over: timeout"])
    }

    @Test("What both the program and the proxy have a key for is what the proxy's says")
    func bothTimes() throws {
        let text = #"{"command": "x", "startup_timeout_sec": 20, "startTimeout": "5s"}"#
        #expect(try entry(text, of: nil) == #"{"command": "x","startTimeout": "5s"}"#)
    }

    @Test("A plain file may have the proxy's own keys")
    func ownKeys() throws {
        let text =
            #"{"url": "https://a", "timeout": "30s", "isolation": "shared", "pin": "block", "options": {"logEnabled": true}, "disabled": true}"#
        #expect(
            try entry(text, of: nil)
                == #"{"url": "https://a","isolation": "shared","pin": "block","timeout": "30s","options": {"logEnabled": true,"disabled": true}}"#
        )
    }

    @Test("What is relative to a project's folder still finds it")
    func relative() throws {
        #expect(
            try entry(#"{"command": "python", "args": ["./run.py"]}"#, project: "/code/app")
                == #"{"command": "python","args": ["./run.py"],"cwd": "/code/app"}"#)
        #expect(
            try entry(#"{"command": "npx", "cwd": "sub"}"#, project: "/code/app")
                == #"{"command": "npx","cwd": "/code/app/sub"}"#)
        #expect(try entry(#"{"command": "npx"}"#, project: "/code/app") == #"{"command": "npx"}"#)
    }

    @Test(
        "A server that cannot be used is refused with its place",
        arguments: [
            #"{}"#, #"[]"#, #"{"command": ""}"#, #"{"command": [["npx"]]}"#, #"{"command": "x", "args": 7}"#,
            #"{"command": "x", "env": []}"#, #"{"type": "ws", "url": "https://a"}"#, #"{"url": {"a": 1}}"#,
        ])
    func refused(text: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try entry(text) }
        let problem = try #require(error.problems.first)
        #expect(problem.source == "/files/file.json")
        #expect(problem.line == 1)
        #expect(problem.keyPath.hasPrefix("a"))
        #expect(problem.suggestion != nil)
    }

    @Test("Claude Code's projects are read, that of the folder first, and their switches hold")
    func projects() throws {
        let text = """
            {"mcpServers": {"top": {"command": "t"}}, "projects": {
              "/other": {"mcpServers": {"a": {"command": "other"}}},
              "/code": {"mcpServers": {"a": {"command": "here"}}, "disabledMcpServers": ["a"]}}}
            """
        let servers = try translated(text, of: .claudeCode)
        #expect(servers.map { $0.name } == ["a", "a", "top"])
        #expect(servers.map { $0.found.project } == ["/code", "/other", nil])
        #expect(compact(servers[0].entry) == #"{"command": "here","options": {"disabled": true}}"#)
    }

    @Test("VS Code's servers are found in both of its files")
    func vscode() throws {
        let settings = #"{"editor.x": 1, "mcp": {"inputs": [], "servers": {"a": {"command": "x"}}}}"#
        #expect(try translated(settings, of: .vscode).map { $0.name } == ["a"])
        let own = #"{"servers": {"b": {"type": "http", "url": "https://b", }, /* c */ }}"#
        #expect(try translated(own, of: .vscode).map { $0.name } == ["b"])
    }
}
