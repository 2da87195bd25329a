import Testing

@testable import ClientFiles

@Suite struct ClientSnippetTests {
    private let servers = [
        PublishedServer(name: "open", url: "http://h/open/mcp", token: nil),
        PublishedServer(name: "shut", url: "http://h/shut/mcp", token: "it's"),
    ]

    private func snippet(_ client: Client?, asks: Bool = false) -> ClientSnippet {
        ClientSnippet(for: client, servers, program: "/bin/mcp-proxy", asksForTokens: asks)
    }

    @Test("Claude Code gets commands that a shell takes as they are meant")
    func commands() {
        #expect(
            snippet(.claudeCode).text == """
                claude mcp add --transport http open http://h/open/mcp
                claude mcp add --transport http shut http://h/shut/mcp --header 'Authorization: Bearer it'\\''s'
                """)
        #expect(compact(snippet(.claudeCode).json).hasPrefix(#"{"commands": [["claude", "mcp", "add""#))
    }

    @Test("Claude Desktop starts the bridge, whose token is not on its command line")
    func desktop() {
        #expect(
            compact(snippet(.claudeDesktop).json)
                == #"{"mcpServers": {"open": {"command": "/bin/mcp-proxy","args": ["stdio", "http://h/open/mcp"]},"#
                + #""shut": {"command": "/bin/mcp-proxy","args": ["stdio", "http://h/shut/mcp", "--header", "#
                + #""Authorization: Bearer ${MCP_PROXY_TOKEN}"],"env": {"MCP_PROXY_TOKEN": "it's"}}}}"#)
    }

    @Test("Claude Desktop starts all servers by itself where it is told with what")
    func desktopAlone() {
        let all = PublishedServer(
            name: "mcp-proxy", url: "http://h/mcp", token: nil, arguments: ["stdio", "--config", "/c.json"])
        let snippet = ClientSnippet(for: .claudeDesktop, [all], program: "/bin/mcp-proxy", asksForTokens: false)
        #expect(
            compact(snippet.json)
                == #"{"mcpServers": {"mcp-proxy": {"command": "/bin/mcp-proxy","args": ["stdio", "--config", "/c.json"]}}}"#
        )
        let cursor = ClientSnippet(for: .cursor, [all], program: "/bin/mcp-proxy", asksForTokens: false)
        #expect(compact(cursor.json) == #"{"mcpServers": {"mcp-proxy": {"url": "http://h/mcp"}}}"#)
    }

    @Test(
        "Other clients get a URL under their own key",
        arguments: [(Client.cursor, #"{"url""#), (.windsurf, #"{"serverUrl""#), (nil, #"{"type": "http","url""#)]
            as [(Client?, String)])
    func remote(client: Client?, start: String) {
        #expect(
            compact(snippet(client).json)
                == #"{"mcpServers": {"open": \#(start): "http://h/open/mcp"},"shut": \#(start): "http://h/shut/mcp","#
                + #""headers": {"Authorization": "Bearer it's"}}}}"#)
    }

    @Test("VS Code asks for a token, unless it is given")
    func vscode() {
        let asking = compact(snippet(.vscode, asks: true).json)
        #expect(asking.hasPrefix(#"{"inputs": [{"type": "promptString","id": "shut-token""#))
        #expect(asking.contains(#""Authorization": "Bearer ${input:shut-token}""#))
        let given = compact(snippet(.vscode).json)
        #expect(given.hasPrefix(#"{"servers": {"open": {"type": "http""#))
        #expect(given.contains("Bearer it's"))
    }

    @Test("VS Code asks once for a token that several servers take")
    func vscodeSharing() {
        let servers = [("one", 1), ("two", 2), ("three", 1)].map {
            PublishedServer(name: $0, url: "http://h/\($0)/mcp", token: "<token>", tokenNumber: $1)
        }
        let snippet = ClientSnippet(for: .vscode, servers, program: "/bin/mcp-proxy", asksForTokens: true)
        let text = compact(snippet.json)
        #expect(text.hasPrefix(#"{"inputs": [{"type": "promptString","id": "one-token","#))
        #expect(text.contains(#""description": "Token of mcp-proxy for one, three""#))
        #expect(text.split(separator: #""id""#, omittingEmptySubsequences: false).count == 3)
        #expect(text.split(separator: "Bearer ${input:one-token}", omittingEmptySubsequences: false).count == 3)
        #expect(text.split(separator: "Bearer ${input:two-token}", omittingEmptySubsequences: false).count == 2)
    }

    @Test("Names become what every client takes, each once, and never a token")
    func names() {
        #expect(
            PublishedServer.clientNames(for: ["fetch", "a b", "team/secret", "team/other", "ä"])
                == ["fetch", "a-b", "team", "team-2", "-"])
    }
}
