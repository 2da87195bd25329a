import Testing

@testable import ProxyConfiguration

@Suite struct ServerNameTests {
    @Test(
        "Names that can be the path of a route are fine",
        arguments: [
            "fetch", "fetch/abc", "a/b/c", "tavily-mcp-sse", "api/x", "sse/x", "a/mcp", "x.y", "@a_b", "ä b",
            "fetch/{token}", "..a", "API",
        ])
    func good(name: String) {
        #expect(ServerName.fault(name) == nil)
    }

    @Test(
        "Names that cannot are refused",
        arguments: [
            "", "/", "/a", "a/", "a//b", ".", "..", "a/..", "./a", "a/./b", "a?b", "a#b", "a%20b", #"a\b"#, "a\nb",
            "a\u{0}", "a\u{7F}",
            String(repeating: "a", count: 257), ".well-known/a", "api/servers", "api/servers/a", "api/reload",
            "api/groups", "api/groups/a", "api/pins", "api/pins/a", "api/pins.json",
        ])
    func bad(name: String) {
        #expect(ServerName.fault(name) != nil)
    }

    @Test(
        "Routes of the proxy itself are refused as names",
        arguments: ["healthz", "readyz", "api", "metrics", ".well-known", "sse", "mcp", "message"])
    func reserved(name: String) {
        #expect(ServerName.fault(name)?.contains("route of the proxy") == true)
    }

    @Test("Two names collide if one is a route of the other", arguments: ["mcp", "sse", "message"])
    func collisions(route: String) {
        #expect(ServerName.collision(of: "fetch/\(route)", with: ["a", "fetch"]) == "fetch")
        #expect(ServerName.collision(of: "fetch", with: ["a", "fetch/\(route)"]) == "fetch/\(route)")
        #expect(ServerName.collision(of: "fetch", with: ["fetch", "fetch/token", "fetch2/\(route)"]) == nil)
    }

    @Test("Parts after the first are masked, but for the routes every server has")
    func redacted() {
        #expect(ServerName.redacted("fetch") == "fetch")
        #expect(ServerName.redacted("fetch/canary/canary") == "fetch/***/***")
        #expect(ServerName.redacted("fetch/mcp") == "fetch/mcp")
        #expect(ServerName.redacted("/canary") == "/***")
    }

    @Test(
        "A name over the API is plain and not reserved",
        arguments: [
            ("fetch", true), ("A1._-", true), ("", false), ("a/b", false), ("_a", false), ("..", false), ("ä", false),
            ("mcp", false), ("MCP", true), ("api", false), ("ui", false), ("a\n", false),
        ])
    func dynamic(name: String, isAccepted: Bool) {
        #expect((ServerName.dynamicFault(name) == nil) == isAccepted)
    }

    @Test("A server of the configuration may have the name of the dashboard, as it may in the Go program")
    func dashboard() {
        #expect(ServerName.fault(ServerName.dashboard) == nil)
    }
}
