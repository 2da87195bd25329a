import Testing

@testable import ClientFiles

@Suite struct OwnEntriesTests {
    private let own = OwnEntries(base: "http://127.0.0.1:9090/p", file: "/home/c.json", names: ["time", "dev"])

    private func isOwn(_ entry: String, name: String = "any") throws -> Bool {
        let server = try #require(try translated(#"{"mcpServers": {"\#(name)": \#(entry)}}"#, of: .cursor).first)
        return own.contains(server)
    }

    @Test(
        "What leads to the proxy is its own, by whatever name of this machine",
        arguments: [
            #"{"url": "http://127.0.0.1:9090/p/mcp"}"#, #"{"url": "http://localhost:9090/p/sse"}"#,
            #"{"url": "http://[::1]:9090/p/time/mcp"}"#, #"{"url": "http://localhost:9090/p/dev?tools=x"}"#,
            #"{"url": "http://localhost:9090/p/any/mcp"}"#,
            #"{"command": "/bin/mcp-proxy", "args": ["stdio", "http://localhost:9090/p/mcp"]}"#,
            #"{"command": "mcp-proxy", "args": ["stdio", "--config", "/home/c.json"]}"#,
            #"{"command": "mcp-proxy", "args": ["stdio", "--config=/home/c.json"]}"#,
        ])
    func isItself(entry: String) throws {
        #expect(try isOwn(entry))
    }

    @Test(
        "Other servers, and other proxies, are not",
        arguments: [
            #"{"url": "http://localhost:9090/mcp"}"#, #"{"url": "http://localhost:9090/p/other/mcp"}"#,
            #"{"url": "http://localhost:90901/p/mcp"}"#, #"{"url": "https://localhost:9090/p/mcp"}"#,
            #"{"url": "http://m.example:9090/p/mcp"}"#,
            #"{"command": "mcp-proxy", "args": ["--config", "/home/c.json"]}"#,
            #"{"command": "mcp-proxy", "args": ["stdio", "--config", "/home/d.json"]}"#,
            #"{"command": "other", "args": ["stdio", "--config", "/home/c.json"]}"#, #"{"command": "mcp-proxy"}"#,
        ])
    func isAnother(entry: String) throws {
        #expect(try !isOwn(entry))
    }

    @Test("What is the proxy itself is left out, and said to be")
    func plan() throws {
        let found = try translated(
            #"{"mcpServers": {"all": {"url": "http://localhost:9090/p/mcp"}, "new": {"command": "x"}}}"#, of: .cursor)
        let plan = ImportPlan(found, existing: [], own: own)
        #expect(plan.rows.map(\.outcome) == [.own, .added])
        #expect(plan.additions.map(\.0) == ["new"])
        #expect(plan.rows[0].words.contains("would ask itself"))
    }
}
