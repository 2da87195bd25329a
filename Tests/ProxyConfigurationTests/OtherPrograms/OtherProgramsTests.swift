import Testing

@testable import ProxyConfiguration

@Suite struct OtherProgramsTests {
    @Test(
        "A file of another program is refused with its name and the command that takes it",
        arguments: [
            ("VS Code", "servers", #"{"inputs": [], "servers": {"a": {"type": "stdio", "command": "x"}}}"#),
            ("VS Code", "mcp.servers", #"{"mcp": {"servers": {"a": {"url": "https://a"}}}}"#),
            ("Zed", "context_servers", #"{"theme": "x", "context_servers": {"a": {"command": "x"}}}"#),
            ("Goose", "extensions", #"{"extensions": {"a": {"cmd": "x", "type": "stdio"}}}"#),
            ("Codex", "mcp_servers", #"{"mcp_servers": {"a": {"command": "x"}}}"#),
            ("opencode", "mcp", #"{"mcp": {"a": {"type": "local", "command": ["x"]}}}"#),
            ("Amp", #"["amp.mcpServers"]"#, #"{"amp.mcpServers": {"a": {"command": "x"}}}"#),
            ("Claude Code", "projects", #"{"mcpServers": {}, "projects": {"/p": {"mcpServers": {"a": {}}}}}"#),
            ("VS Code", "servers", #"{"mcpProxy": {}, "servers": {"a": {"command": "x"}}}"#),
        ])
    func otherFiles(program: String, key: String, text: String) {
        let found = problems(text, source: "my file.json")
        #expect(found.map(\.keyPath) == [key] && found.first?.severity == .error)
        #expect(found.first?.message.contains("file of \(program)") == true)
        #expect(found.first?.suggestion == "Run: mcp-proxy import 'my file.json' --into config.json")
    }

    @Test("A file of Codex is TOML")
    func toml() {
        let found = problems("[mcp_servers.a]\ncommand = 'x'", source: "config.toml")
        #expect(found.map(\.keyPath) == ["mcp_servers"])
        #expect(problems("a = 1", source: "a.toml").first?.message.contains("TOML") == true)
    }

    @Test("Servers without anything around them are told to be put under mcpServers")
    func bare() {
        let found = problems(#"{"a": {"command": "x"}, "b": {"url": "https://b"}}"#)
        #expect(found.count == 1 && found.first?.suggestion?.contains("mcpServers") == true)
    }

    @Test(
        "A server that another program does not use is not started",
        arguments: [
            #""mcp": {"allowed": ["b"]}"#, #""mcp": {"excluded": ["a"]}"#, #""excludeMCPServers": ["a"]"#,
            #""allowMCPServers": ["b"]"#, #""disabledMcpServers": ["a"]"#,
        ])
    func unused(member: String) throws {
        let loaded = try load(#"{\#(member), "mcpServers": {"a": {"command": "x"}, "b": {"command": "x"}}}"#)
        #expect(loaded.settings.servers.map(\.options.disabled) == [true, false])
        #expect(loaded.warnings.map(\.keyPath) == ["mcpServers.a"])
    }

    @Test("Servers in a list have their names in it")
    func list() throws {
        let loaded = try load(
            "mcpServers:\n- name: a\n  command: x\n- name: b\n  url: https://b\n", source: "c.yaml")
        #expect(loaded.settings.servers.map(\.name) == ["a", "b"])
        #expect(loaded.warnings.map(\.keyPath) == ["mcpServers"])
    }
}
