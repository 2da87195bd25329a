import MCPGateway
import MCPTestSupport
import Testing

@testable import MCPFrontEnd

@Suite struct EndpointTableTests {
    private func route(_ name: String) -> Route {
        Route(
            offer: .inMemory(name, on: ManualEventLoop()) { ScriptedLink(on: $0) }, access: .everybody)
    }

    private func find(_ table: EndpointTable, _ target: String) -> String? {
        guard let path = (try? RequestTarget(target))?.path, let endpoint = table.endpoint(at: path) else { return nil }
        return "\(endpoint.route.offer.name) \(endpoint.kind)"
    }

    @Test("Each server stands at its paths, and nowhere else")
    func paths() {
        let table = EndpointTable([route("time"), route("git")], prefix: "")
        for path in ["/time", "/time/", "/time/mcp", "/time/mcp/"] { #expect(find(table, path) == "time streamable") }
        for path in ["/time/sse", "/time/sse/"] { #expect(find(table, path) == "time eventStream") }
        #expect(find(table, "/time/message?sessionId=x") == "time eventStreamMessages")
        #expect(find(table, "/git/mcp?x=y") == "git streamable")
        for path in [
            "/", "/Time", "/time/mcp//", "/time/sse/x", "/time/message/", "/time/x", "/tim", "/timex", "/mcp", "/sse",
            "/other/mcp",
        ] {
            #expect(find(table, path) == nil, "\(path)")
        }
    }

    @Test("The endpoint for all servers stands at the paths without a name, and a server never hides it")
    func forAll() {
        let all = Route(offer: Offer(name: "", merging: [], OfferTerms(), logger: .silent), access: .everybody)
        for prefix in ["", "/base"] {
            let table = EndpointTable([route("time"), all], prefix: prefix)
            for path in ["/mcp", "/mcp/"] { #expect(find(table, prefix + path) == " streamable") }
            for path in ["/sse", "/sse/"] { #expect(find(table, prefix + path) == " eventStream") }
            #expect(find(table, prefix + "/message?sessionId=x") == " eventStreamMessages")
            for path in ["", "/", "//mcp", "/mcp/mcp", "/message/"] { #expect(find(table, prefix + path) == nil) }
            #expect(table.messagePath(of: all.offer) == prefix + "/message")
            #expect(table.offer(named: "") === all.offer && table.offers.count == 2)
            table.withdraw(all.offer)
            #expect(table.offer(named: "") == nil && find(table, prefix + "/sse") == nil)
            #expect(find(table, prefix + "/time/mcp") == "time streamable")
        }
    }

    @Test("What was replaced is found no more, and taking it away leaves what is there now")
    func replaced() {
        let (old, new) = (route("time"), route("time"))
        let table = EndpointTable([old, route("git")], prefix: "")
        #expect(table.publish(new)?.offer === old.offer)
        table.withdraw(old.offer)
        #expect(table.offer(named: "time") === new.offer)
        #expect(table.endpoint(at: "/time/mcp")?.route.offer === new.offer)
        #expect(Set(table.offers.map(\.name)) == ["time", "git"])
        table.withdraw(new.offer)
        #expect(table.offer(named: "time") == nil && table.endpoint(at: "/time/sse") == nil)
        #expect(table.offers.map(\.name) == ["git"])
    }

    @Test("The base URL's path stands before every route")
    func prefix() {
        let table = EndpointTable([route("time")], prefix: "/base/v1")
        #expect(find(table, "/base/v1/time/mcp") == "time streamable")
        #expect(find(table, "/time/mcp") == nil)
        #expect(table.messagePath(of: route("time").offer) == "/base/v1/time/message")
    }

    @Test("A key with slashes is a path of its own")
    func slashes() {
        let table = EndpointTable([route("fetch/token-1"), route("fetch")], prefix: "")
        #expect(find(table, "/fetch/token-1/mcp") == "fetch/token-1 streamable")
        #expect(find(table, "/fetch/token-1") == "fetch/token-1 streamable")
        #expect(find(table, "/fetch/mcp") == "fetch streamable")
        #expect(find(table, "/fetch/token-2/mcp") == nil)
    }

    @Test("A key with characters that a path cannot hold is reached by its encoding, and so is its message path")
    func encoding() throws {
        for name in ["a b", "caf\u{E9}", "漢", "a<b>", "a|b^c", "a{b}`", "a\"b"] {
            let published = route(name)
            let table = EndpointTable([published], prefix: "")
            let path = table.messagePath(of: published.offer)
            #expect(path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "\(path)")
            #expect(find(table, path) == "\(name) eventStreamMessages", "\(path)")
        }
    }

    @Test("Keys that differ only in their Unicode spelling are different servers")
    func spelling() {
        let table = EndpointTable([route("caf\u{E9}")], prefix: "")
        #expect(find(table, "/caf%C3%A9/mcp") != nil)
        #expect(find(table, "/cafe%CC%81/mcp") == nil)
    }
}
