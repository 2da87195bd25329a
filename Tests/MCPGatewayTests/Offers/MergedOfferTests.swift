import MCPCore
import MCPTestSupport
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

/// Several servers behind one offer.
@Suite struct MergedOfferTests {
    @Test("Lists hold what every server has, in order, under names that tell whose it is")
    func lists() throws {
        let harness = MergedHarness()
        harness["git"].lists["prompts"] = #"[{"name":"commit"}]"#
        harness["hub"].lists["resources"] = #"[{"uri":"hub://a","name":"a"}]"#
        harness["hub"].lists["resourceTemplates"] = #"[{"uriTemplate":"hub://{id}","name":"t"}]"#
        harness.start()
        let client = try harness.open()
        #expect(try client.names() == ["git__status", "git__log", "hub__status", "hub__push"])
        #expect(try client.names(.prompts) == ["git__commit"])
        #expect(try client.names(.resources) == ["hub://a"])
        #expect(try client.names(.templates) == ["hub://{id}"])
    }

    @Test("A session is opened, introduced and told what there is without any server being asked")
    func lazy() throws {
        let harness = MergedHarness()
        harness["git"].instructions = "Use git."
        harness.start()
        let before = harness.servers.map { $0.script.links.flatMap(\.sent).count }
        let client = try harness.open()
        _ = try client.names()
        #expect(harness.servers.map { $0.script.links.flatMap(\.sent).count } == before)
        #expect(client.introduction?["serverInfo"]?["name"]?.string == "mcp-proxy")
        #expect(client.introduction?["instructions"]?.string == "## git\nUse git.")
        #expect(client.introduction?["capabilities"]?["tools"]?["listChanged"]?.boolean == true)
        #expect(client.introduction?["capabilities"]?["logging"] != nil)
        #expect(client.session.legs.isEmpty)
    }

    @Test("A call goes to the server that has the tool, under the name that it has there, of either era")
    func calls() throws {
        let harness = MergedHarness()
        harness.start()
        let client = try harness.open()
        for (name, server) in [("git__status", "git"), ("hub__status", "hub")] {
            let reply = try client.call("tools/call", #"{"name":"\#(name)","arguments":{"a":1}}"#, id: "7")
            let sent = try harness.last(server, .toolsCall).sent
            #expect(sent.message.params?["name"]?.string == "status")
            #expect(sent.message.params?["arguments"]?["a"]?.integer == 1)
            try harness.answers(
                server, .toolsCall, #"{"content":[{"type":"text","text":"\#(server)"}],"resultType":"complete"}"#)
            let answer = try #require(reply.answers.first)
            #expect(answer.contains(server) && answer.contains(#""id":7"#))
        }
        #expect(client.session.legs.all.count == 2)
    }

    @Test("A client without session sees the same and calls the same")
    func modern() throws {
        let harness = MergedHarness()
        harness.start()
        let discovery = try harness.ask(Ask(method: "server/discover", params: ""))
        #expect(discovery.answers.first?.contains(#""name":"mcp-proxy""#) == true)
        let list = try harness.ask(Ask(method: "tools/list", params: ""))
        let answer = try #require(list.answers.first)
        #expect(answer.contains("git__status") && answer.contains("hub__push"))
        #expect(answer.contains(#""resultType":"complete""#) && answer.contains(#""ttlMs":0"#))
        for (name, server) in [("git__log", "git"), ("hub__push", "hub")] {
            let reply = try harness.ask(Ask(params: #""name":"\#(name)""#))
            try harness.answers(server, .toolsCall, #"{"content":[],"resultType":"complete"}"#)
            #expect(reply.answers.count == 1 && reply.codes.first == .some(nil))
        }
    }

    @Test("What is not offered is answered like what does not exist, in both eras")
    func unknown() throws {
        var terms = OfferTerms()
        terms.tools = NamePatterns(["*", "!git__log"])
        let harness = MergedHarness([("git", .legacy, ["status", "log"])], terms)
        harness.start()
        let client = try harness.open()
        #expect(try client.names() == ["git__status"])
        for name in ["git__log", "log", "nobody__x"] {
            let answer = try #require(try client.call("tools/call", #"{"name":"\#(name)"}"#).answers.first)
            #expect(answer.contains("-32602") && answer.contains("Unknown tool: \(name)"))
            let reply = try harness.ask(Ask(params: #""name":"\#(name)""#))
            #expect(reply.codes == [.invalidParams])
        }
        #expect(harness["git"].script.links.flatMap { $0.requests(.toolsCall) }.isEmpty)
    }

    @Test("A tool that is newer than the last list is called by its prefix")
    func guessed() throws {
        let harness = MergedHarness()
        harness.start()
        let client = try harness.open()
        _ = try client.call("tools/call", #"{"name":"git__fresh"}"#)
        #expect(try harness.last("git", .toolsCall).sent.message.params?["name"]?.string == "fresh")
    }

    @Test("When a server lists other things, clients of both eras are told once, and what they ask for then is new")
    func changes() throws {
        let harness = MergedHarness()
        harness.start()
        let client = try harness.open()
        let listening = try harness.ask(
            Ask(method: "subscriptions/listen", params: #""notifications":{"toolsListChanged":true}"#))
        #expect(listening.messages.first?.contains("acknowledged") == true)
        harness["git"].lists["tools"] = #"[{"name":"other"}]"#
        try harness.says("git", #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
        #expect(client.outlet.messages.filter { $0.contains("tools/list_changed") }.count == 1)
        #expect(listening.messages.filter { $0.contains("tools/list_changed") }.count == 1)
        #expect(try client.names() == ["git__other", "hub__status", "hub__push"])
        #expect(!client.outlet.messages.contains { $0.contains("prompts/list_changed") })
    }

    @Test("A server that is away costs a list nothing: what it had stays, and its calls fail in words")
    func away() throws {
        let harness = MergedHarness()
        harness.start()
        let client = try harness.open()
        harness["git"].isThere = false
        let link = try harness["git"].script.link
        harness.upstreams.perform { link.breakDown() }
        harness.settle()
        #expect(try client.names().contains("git__status"))
        let reply = try client.call("tools/call", #"{"name":"hub__push"}"#)
        try harness.answers("hub", .toolsCall, #"{"content":[],"resultType":"complete"}"#)
        #expect(reply.answers.count == 1)
    }

    @Test("At the very first start lists wait for servers, but not for ever")
    func firstStart() throws {
        let harness = MergedHarness()
        harness["hub"].isThere = false
        harness.start()
        let opening = GatewayHarness.Outcome()
        let initialize = try Message(
            #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}"#
        )
        harness.clients.perform {
            harness.gateway.open(initialize, offer: harness.offer, principal: .anonymous, on: harness.clients) {
                opening.opening = $0
            }
        }
        harness.settle()
        #expect(opening.opening == nil)
        harness.clients.advance(by: .seconds(2))
        harness.settle()
        let session = try opening.session
        let client = try MergedClient(session, try opening.answer, harness)
        // Of a server that is not known yet, nobody can say what it will have.
        #expect(client.introduction?["capabilities"]?["prompts"] != nil)
        harness["hub"].isThere = true
        harness.settle()
        #expect(client.outlet.messages.contains { $0.contains("tools/list_changed") })
    }

    @Test("A caller sees the servers that its token opens and those that ask for none, and calls no others")
    func access() throws {
        let owner = Principal.token(number: 0)
        let harness = MergedHarness(access: [.holders([owner])])
        harness.start()
        #expect(try harness.open(owner).names().count == 4)
        let stranger = try harness.open(.token(number: 1))
        #expect(try stranger.names() == ["hub__status", "hub__push"])
        let answer = try #require(try stranger.call("tools/call", #"{"name":"git__status"}"#).answers.first)
        #expect(answer.contains("Unknown tool"))
        #expect(harness.offer.has(for: .anonymous) && harness.offer.has(for: owner))
    }

    @Test("A client can see less: some servers, some tools, only what changes nothing")
    func narrowing() throws {
        let harness = MergedHarness()
        harness["hub"].lists["tools"] = #"[{"name":"read","annotations":{"readOnlyHint":true}},{"name":"push"}]"#
        harness.start()
        var narrowing = Narrowing()
        narrowing.servers = [NamePatterns(["hub"])]
        #expect(try harness.open(.anonymous, narrowing).names() == ["hub__read", "hub__push"])
        narrowing = Narrowing()
        narrowing.tools = [NamePatterns(["*", "!*push*"])]
        #expect(try harness.open(.anonymous, narrowing).names() == ["git__status", "git__log", "hub__read"])
        narrowing.isReadOnly = true
        let client = try harness.open(.anonymous, narrowing)
        #expect(try client.names() == ["hub__read"])
        let answer = try #require(try client.call("tools/call", #"{"name":"git__new"}"#).answers.first)
        #expect(answer.contains("Unknown tool"), "what is new may change something")
    }

    @Test("A preset argument is hidden, set, and refused when a client sends it")
    func presets() throws {
        var terms = OfferTerms()
        terms.overrides = [
            ToolOverride(
                tool: "git__diff", name: "diff", title: "Difference", description: "What has changed.",
                presets: [
                    .init(name: "repo", json: Array(#""/srv""#.utf8)), .init(name: "seed", json: Array("1".utf8)),
                ])
        ]
        let harness = MergedHarness([("git", .legacy, [])], terms)
        harness["git"].lists["tools"] =
            #"[{"name":"diff","description":"d","inputSchema":{"type":"object","properties":{"repo":{"type":"string"},"file":{}},"required":["repo","file"]}}]"#
        harness.start()
        let client = try harness.open()
        let list = try #require(try client.call("tools/list").answers.first)
        #expect(list.contains(#""name":"diff""#) && list.contains("What has changed.") && list.contains("Difference"))
        #expect(!list.contains("repo") && list.contains(#""required":["file"]"#))
        _ = try client.call("tools/call", #"{"name":"diff","arguments":{"file":"a"}}"#)
        let sent = try harness.last("git", .toolsCall).sent
        #expect(sent.message.params?["arguments"]?["repo"]?.string == "/srv")
        #expect(sent.message.params?["arguments"]?["file"]?.string == "a")
        _ = try client.call("tools/call", #"{"name":"diff"}"#)
        #expect(try harness.last("git", .toolsCall).sent.message.params?["arguments"]?["repo"]?.string == "/srv")
        let refused = try #require(
            try client.call("tools/call", #"{"name":"diff","arguments":{"repo":"/etc"}}"#).answers.first)
        #expect(refused.contains("-32602") && refused.contains("repo"))
        for name in ["Repo", "REPO", "\u{17F}eed"] {
            let alike = try #require(
                try client.call("tools/call", #"{"name":"diff","arguments":{"\#(name)":"/etc"}}"#).answers.first)
            #expect(alike.contains("-32602"), "\(name)")
        }
        let old = try #require(try client.call("tools/call", #"{"name":"git__diff"}"#).answers.first)
        #expect(old.contains("Unknown tool"))
    }

    @Test("A resource that is hidden stays so however it is written, and so do the completions of its template")
    func hiddenResource() throws {
        var terms = OfferTerms()
        terms.resources = NamePatterns(["*", "!mem://*"])
        let harness = MergedHarness([("git", .legacy, []), ("hub", .legacy, [])], terms)
        harness["hub"].lists["resources"] = #"[{"uri":"mem://two","name":"a"},{"uri":"hub://a","name":"b"}]"#
        harness["hub"].lists["resourceTemplates"] = #"[{"uriTemplate":"mem://{id}","name":"t"}]"#
        harness.start()
        let client = try harness.open()
        #expect(try client.names(.resources) == ["hub://a"])
        for address in ["mem://two", "hub+mem://two", "mem://x", "hub+mem://x"] {
            for method in ["resources/read", "resources/subscribe"] {
                let answer = try #require(try client.call(method, #"{"uri":"\#(address)"}"#).answers.first)
                #expect(answer.contains("Resource not found"), "\(method) \(address)")
            }
        }
        for template in ["mem://{id}", "hub+mem://{id}"] {
            let params = #"{"ref":{"type":"ref/resource","uri":"\#(template)"},"argument":{"name":"id","value":""}}"#
            let answer = try #require(try client.call("completion/complete", params).answers.first)
            #expect(answer.contains("Unknown resource template"), "\(template)")
        }
    }

    @Test("A pattern that takes away also takes away a tool whose name was cut")
    func cutName() throws {
        var terms = OfferTerms()
        terms.tools = NamePatterns(["*", "!*_delete"])
        let long = "a_very_long_name_of_a_tool_that_does_something_delete"
        let harness = MergedHarness([("git", .legacy, [long, "status"])], terms)
        harness.start()
        #expect(try harness.open().names() == ["git__status"])
        #expect(harness.offer.report().hidden.map(\.rule) == [#"tools: "!*_delete""#])
        var narrowing = Narrowing()
        narrowing.tools = [NamePatterns(["!*_delete"])]
        let open = MergedHarness([("git", .legacy, [long, "status"])])
        open.start()
        #expect(try open.open(.anonymous, narrowing).names() == ["git__status"])
    }

    @Test("A preset argument that a header field repeats gets that field from the proxy, and no client may send it")
    func presetInHeader() throws {
        var terms = OfferTerms()
        terms.overrides = [
            ToolOverride(tool: "hub__query", presets: [.init(name: "region", json: Array(#""eu""#.utf8))])
        ]
        let harness = MergedHarness([("hub", .modern, [])], terms)
        harness["hub"].lists["tools"] =
            #"[{"name":"query","inputSchema":{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}}]"#
        harness.start()
        let call = Ask(params: #""name":"hub__query","arguments":{}"#, parameters: [])
        #expect(try harness.ask(call).answers.isEmpty)
        let sent = try harness.last("hub", .toolsCall).sent
        #expect(sent.message.params?["arguments"]?["region"]?.string == "eu")
        var forged = call
        forged.parameters = [("mcp-param-region", "us")]
        #expect(try harness.ask(forged).codes == [.headerMismatch])
        let list = try harness.ask(Ask(method: "tools/list", params: ""))
        #expect(list.answers.first?.contains("Region") == false)
    }

    @Test(
        "Where only what changes nothing is offered, a server that starts anew is not called before it has listed its tools"
    )
    func readOnlyAfterRestart() throws {
        var terms = OfferTerms()
        terms.isReadOnly = true
        let harness = MergedHarness([("git", .legacy, [])], terms)
        harness["git"].lists["tools"] = #"[{"name":"wipe","annotations":{"readOnlyHint":true}}]"#
        harness.start()
        let client = try harness.open()
        #expect(try client.call("tools/call", #"{"name":"git__wipe"}"#).answers.isEmpty)
        harness["git"].isThere = false
        for link in harness["git"].script.links { harness.upstreams.perform { link.breakDown() } }
        harness.settle()
        let early = try client.call("tools/call", #"{"name":"git__wipe"}"#, id: "2")
        #expect(early.answers.first?.contains("try again in a moment") == true)
        harness["git"].lists["tools"] = #"[{"name":"wipe"}]"#
        harness["git"].isThere = true
        for _ in 0..<30 {
            harness.upstreams.advance(by: .seconds(1))
            harness.settle()
        }
        let late = try client.call("tools/call", #"{"name":"git__wipe"}"#, id: "3")
        #expect(late.answers.first?.contains("Unknown tool") == true)
    }

    @Test("A client for whom nothing has changed is told nothing when others see something else")
    func changeForOthers() throws {
        let harness = MergedHarness(access: [.holders([.token(number: 0)])])
        harness.start()
        let (owner, stranger) = (try harness.open(.token(number: 0)), try harness.open())
        let closed = Member(harness["git"].connections, access: .holders([]))
        harness.offer.show([closed, harness.members[1]], OfferTerms(), logsRequests: false)
        harness.gateway.offerChanged(harness.offer)
        harness.settle()
        #expect(owner.outlet.messages.contains { $0.contains("tools/list_changed") })
        #expect(stranger.outlet.messages.isEmpty)
    }
}
