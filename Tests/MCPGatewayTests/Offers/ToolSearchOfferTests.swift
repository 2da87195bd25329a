import MCPCore
import MCPTestSupport
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

/// Tools that are found by search and not listed.
@Suite struct ToolSearchOfferTests {
    private static let own = ["search_tools", "describe_tools", "call_tool"]

    private func terms(_ discovery: ToolDiscovery, pinned: [String] = []) -> OfferTerms {
        var terms = OfferTerms()
        terms.discovery = discovery
        terms.pinned = pinned
        terms.selfSearchingClients = ["claude-code"]
        return terms
    }

    private func harness(_ terms: OfferTerms, many: Int = 0) -> MergedHarness {
        let harness = MergedHarness(
            [("git", .legacy, ["status", "log"]), ("hub", .modern, ["push"] + (0..<many).map { "tool\($0)" })], terms)
        harness["hub"].lists["tools"] = harness["hub"].lists["tools"]?.replacing(
            #""name":"push""#, with: #""name":"push","description":"Publish commits to a remote repository""#)
        harness.start()
        return harness
    }

    private func structured(_ reply: ReplyRecorder) throws -> JSONView {
        let message = try Message(try #require(reply.answers.first))
        let result = try #require(message.view(message.envelope.result))
        let structured = try #require(result["structuredContent"])
        #expect(result["content"]?.elements.first?["text"]?.string == String(buffer: structured.bytes))
        return structured
    }

    private func words(_ reply: ReplyRecorder) throws -> String? {
        let message = try Message(try #require(reply.answers.first))
        let result = try #require(message.view(message.envelope.result))
        #expect(result["isError"]?.boolean == true)
        return result["content"]?.elements.first?["text"]?.string
    }

    @Test("With search the list has the tools to search with and what is pinned, and asks clients to load them")
    func lists() throws {
        let harness = harness(terms(.search, pinned: ["git__log", "git__gone", "log"]))
        let client = try harness.open()
        #expect(try client.names() == Self.own + ["git__log"])
        let text = try #require(try client.call("tools/list").answers.first)
        let message = try Message(text)
        for tool in message.view(message.envelope.result)?["tools"]?.elements.prefix(3) ?? [] {
            #expect(tool["_meta"]?["anthropic/alwaysLoad"]?.boolean == true)
        }
        #expect(harness.offer.report().findings.contains(#"pinned "git__gone" is no tool that is offered"#))
        #expect(
            harness.offer.report().findings.contains(
                #"pinned "log" is no tool that is offered; did you mean "git__log"?"#))
    }

    @Test("What is found is called by call_tool or directly, and goes the way of every call")
    func finds() throws {
        let harness = harness(terms(.search))
        let client = try harness.open()
        let found = try structured(
            client.call("tools/call", #"{"name":"search_tools","arguments":{"query":"publish commits florp"}}"#))
        #expect(found["tools"]?.elements.first?["name"]?.string == "hub__push")
        #expect(found["tools"]?.elements.first?["inputSchema"]?.isObject == true)
        #expect(found["tools"]?.elements.first?["score"] != nil)
        #expect(found["unmatched"]?.elements.map(\.string) == ["florp"])
        for call in [
            #"{"name":"call_tool","arguments":{"name":"git__log","arguments":{"count":3}}}"#,
            #"{"name":"git__log","arguments":{"count":3}}"#,
        ] {
            let reply = try client.call("tools/call", call, id: "9")
            let sent = try harness.last("git", .toolsCall).sent
            #expect(sent.message.params?["name"]?.string == "log")
            #expect(sent.message.params?["arguments"]?["count"]?.integer == 3)
            #expect(sent.message.params?["arguments"]?["name"] == nil)
            try harness.answers("git", .toolsCall, #"{"content":[{"type":"text","text":"done"}]}"#)
            #expect(reply.answers.first?.contains("done") == true)
        }
    }

    @Test("A client without a session searches and calls the same way, and no header field has to repeat arguments")
    func modern() throws {
        let harness = harness(terms(.search))
        harness["hub"].lists["tools"] =
            #"[{"name":"push","description":"Publish commits","inputSchema":{"type":"object","properties":{"to":{"type":"string","x-mcp-header":"To"}}}}]"#
        try harness.says("hub", #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
        let found = try harness.ask(
            Ask(params: #""name":"search_tools","arguments":{"query":"publish"}"#, parameters: []))
        #expect(found.answers.first?.contains(#""resultType":"complete""#) == true)
        #expect(found.answers.first?.contains("hub__push") == true)
        _ = try harness.ask(
            Ask(
                params: #""name":"call_tool","arguments":{"name":"hub__push","arguments":{"to":"main"}}"#,
                parameters: []))
        let sent = try harness.last("hub", .toolsCall).sent
        #expect(sent.message.params?["name"]?.string == "push")
        #expect(sent.message.params?["arguments"]?["to"]?.string == "main")
    }

    @Test(
        "auto lists everything until the list is long, and then only clients that search by themselves see all of it",
        arguments: [(many: 37, isSearched: false), (many: 38, isSearched: true)])
    func auto(many: Int, isSearched: Bool) throws {
        let harness = harness(terms(.auto), many: many)
        let client = try harness.open()
        #expect(try client.names().count == (isSearched ? 3 : 40))
        let claude = try harness.open(named: "claude-code")
        #expect(try claude.names().count == many + 3)
        // Whatever is listed, what was found in an earlier list can be called.
        _ = try structured(claude.call("tools/call", #"{"name":"search_tools","arguments":{"query":"status"}}"#))
    }

    @Test("auto counts tokens as well as tools")
    func tokens() throws {
        let harness = harness(terms(.auto))
        let long = String(repeating: "word ", count: 20_000)
        harness["git"].lists["tools"] = #"[{"name":"log","description":"\#(long)","inputSchema":{}}]"#
        try harness.says("git", #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
        #expect(try harness.open().names() == Self.own)
    }

    @Test(
        "A client may ask for search and not for more than is offered, and finds nothing that it does not want to see")
    func narrowing() throws {
        var wish = Narrowing()
        wish.discovery = .search
        wish.tools = [NamePatterns(["git__*"])]
        let client = try harness(terms(.list)).open(.anonymous, wish)
        #expect(try client.names() == Self.own)
        let found = try structured(
            client.call("tools/call", #"{"name":"search_tools","arguments":{"query":"push status"}}"#))
        #expect(found["tools"]?.elements.compactMap { $0["name"]?.string } == ["git__status"])
        #expect(found["unmatched"]?.elements.map(\.string) == ["push"])
        let refused = try client.call("tools/call", #"{"name":"call_tool","arguments":{"name":"hub__push"}}"#)
        #expect(refused.answers.first?.contains("Unknown tool: hub__push") == true)
        let described = try structured(
            client.call("tools/call", #"{"name":"describe_tools","arguments":{"names":["git__log","hub__push"]}}"#))
        #expect(described["tools"]?.elements.compactMap { $0["name"]?.string } == ["git__log"])
        #expect(described["unknown"]?.elements.map(\.string) == ["hub__push"])
        var more = Narrowing()
        more.discovery = .list
        #expect(try harness(terms(.search)).open(.anonymous, more).names() == Self.own)
    }

    @Test("Where tools are listed there are no tools to search with")
    func list() throws {
        let harness = harness(terms(.list))
        let client = try harness.open()
        let reply = try client.call("tools/call", #"{"name":"search_tools","arguments":{"query":"a"}}"#)
        #expect(reply.answers.first?.contains("Unknown tool: search_tools") == true)
    }

    @Test("What is found follows the lists, tool by tool")
    func follows() throws {
        let harness = harness(terms(.search))
        let client = try harness.open()
        func find(_ query: String) throws -> [String] {
            try structured(
                client.call("tools/call", #"{"name":"search_tools","arguments":{"query":"\#(query)"}}"#))["tools"]?
                .elements.compactMap { $0["name"]?.string } ?? []
        }
        #expect(try find("status") == ["git__status"])
        harness["git"].lists["tools"] = #"[{"name":"log","inputSchema":{}},{"name":"blame","inputSchema":{}}]"#
        try harness.says("git", #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
        #expect(try find("status").isEmpty)
        #expect(try find("blame") == ["git__blame"])
        #expect(try find("log") == ["git__log"])
    }

    @Test(
        "Arguments that cannot be understood are told to the model, with what to write",
        arguments: [
            (#"{"name":"search_tools"}"#, "query must be a text"),
            (#"{"name":"search_tools","arguments":{"query":"  "}}"#, "query must be a text"),
            (#"{"name":"search_tools","arguments":{"query":"a","limit":"7"}}"#, #"it is "7""#),
            (#"{"name":"search_tools","arguments":{"query":"a","limit":51}}"#, "from 1 to 50"),
            (#"{"name":"describe_tools","arguments":{"names":"git__log"}}"#, "names must be an array"),
            (#"{"name":"describe_tools","arguments":{"names":[]}}"#, "from 1 to 50 entries"),
            (#"{"name":"call_tool","arguments":{"arguments":{}}}"#, "name must be"),
            (#"{"name":"call_tool","arguments":{"name":"call_tool"}}"#, "called by itself"),
            (#"{"name":"call_tool","arguments":{"name":"git__log","arguments":[1]}}"#, "arguments must be an object"),
        ])
    func faults(params: String, expected: String) throws {
        let client = try harness(terms(.search)).open()
        #expect(try words(client.call("tools/call", params))?.contains(expected) == true)
    }
}
