import MCPCore
import MCPTestSupport
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

/// What passes between clients and several servers besides calls.
@Suite struct MergedTrafficTests {
    private let harness = MergedHarness()

    @Test("A resource that two servers list is told apart, in lists, reads and results")
    func sameAddress() throws {
        harness["git"].lists["resources"] = #"[{"uri":"file:///a","name":"a"}]"#
        harness["hub"].lists["resources"] = #"[{"uri":"file:///a","name":"a"}]"#
        harness.start()
        let client = try harness.open()
        #expect(try client.names(.resources) == ["file:///a", "hub+file:///a"])
        let reply = try client.call("resources/read", #"{"uri":"hub+file:///a"}"#)
        #expect(try harness.last("hub", .resourcesRead).sent.message.params?["uri"]?.string == "file:///a")
        try harness.answers(
            "hub", .resourcesRead, #"{"contents":[{"uri":"file:///a","text":"x"}],"resultType":"complete"}"#)
        #expect(reply.answers.first?.contains(#""uri":"hub+file:///a""#) == true)
        let call = try client.call("tools/call", #"{"name":"hub__push"}"#)
        try harness.answers(
            "hub", .toolsCall,
            #"{"content":[{"type":"resource_link","uri":"file:///a","name":"a"}],"resultType":"complete"}"#)
        #expect(call.answers.first?.contains(#""uri":"hub+file:///a""#) == true)
    }

    @Test("What nobody lists is read where a template matches, else from each in order until one knows it")
    func unlisted() throws {
        harness["hub"].lists["resourceTemplates"] = #"[{"uriTemplate":"hub://{id}","name":"t"}]"#
        harness.start()
        let client = try harness.open()
        _ = try client.call("resources/read", #"{"uri":"hub://7"}"#)
        #expect(try harness.last("hub", .resourcesRead).sent.message.params?["uri"]?.string == "hub://7")
        #expect(harness["git"].script.links.flatMap { $0.requests(.resourcesRead) }.isEmpty)
        let reply = try client.call("resources/read", #"{"uri":"odd:x"}"#, id: "9")
        try harness.refuses("git", .resourcesRead, code: -32002)
        #expect(reply.answers.isEmpty)
        try harness.answers("hub", .resourcesRead, #"{"contents":[],"resultType":"complete"}"#)
        #expect(reply.answers.count == 1 && reply.answers.first?.contains("contents") == true)
        let modern = try harness.ask(Ask(method: "resources/read", params: #""uri":"odd:y""#))
        try harness.refuses("git", .resourcesRead, code: -32002)
        try harness.refuses("hub", .resourcesRead, code: -32602)
        #expect(modern.answers.count == 1 && modern.codes.count == 1)
        #expect(harness.gateway.calls.total == 1, "only the read of the template's resource is open")
    }

    @Test("Completions go to the server whose prompt or template is meant")
    func completions() throws {
        harness["git"].lists["prompts"] = #"[{"name":"commit"}]"#
        harness["hub"].lists["resourceTemplates"] = #"[{"uriTemplate":"hub://{id}","name":"t"}]"#
        harness.start()
        let client = try harness.open()
        _ = try client.call(
            "completion/complete",
            #"{"ref":{"type":"ref/prompt","name":"git__commit"},"argument":{"name":"a","value":"b"}}"#)
        #expect(
            try harness.last("git", .completionComplete).sent.message.params?["ref"]?["name"]?.string == "commit")
        _ = try client.call(
            "completion/complete",
            #"{"ref":{"type":"ref/resource","uri":"hub://{id}"},"argument":{"name":"a","value":"b"}}"#)
        #expect(
            try harness.last("hub", .completionComplete).sent.message.params?["ref"]?["uri"]?.string == "hub://{id}")
    }

    @Test("A log level is told to every server that is used, also later, and messages say which server they are of")
    func logging() throws {
        harness.start()
        let client = try harness.open()
        let reply = try client.call("logging/setLevel", #"{"level":"debug"}"#)
        #expect(reply.answers.first?.contains(#""result":{}"#) == true)
        let call = try client.call("tools/call", #"{"name":"git__log"}"#)
        let (link, sent, _) = try harness.last("git", .loggingSetLevel)
        #expect(sent.message.params?["level"]?.string == "debug")
        harness.upstreams.perform {
            link.receive(
                #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","logger":"db","data":1}}"#)
            link.receive(#"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":2}}"#)
        }
        harness.settle()
        #expect(call.messages.contains { $0.contains(#""logger":"git/db""#) })
        #expect(call.messages.contains { $0.contains(#""logger":"git","level":"info","data":2"#) })
    }

    @Test("A level that a session has chosen does not keep a client without session from hearing what it asks for")
    func levelOfAnother() throws {
        harness.start()
        let client = try harness.open()
        for (level, id) in [("debug", "1"), ("emergency", "2")] {
            _ = try client.call("logging/setLevel", #"{"level":"\#(level)"}"#, id: id)
            _ = try client.call("tools/call", #"{"name":"git__log"}"#, id: #""c\#(id)""#)
        }
        _ = try harness.ask(
            Ask(params: #""name":"git__status""#, meta: #""io.modelcontextprotocol/logLevel":"warning""#))
        let told = harness["git"].script.links.flatMap { $0.requests(.loggingSetLevel) }
        #expect(told.last?.message.params?["level"]?.string == "warning")
    }

    @Test("Questions of two servers at once reach the client, and each answer its server")
    func questions() throws {
        harness.start()
        let client = try harness.open()
        let first = try client.call("tools/call", #"{"name":"git__log"}"#, id: "1")
        let second = try client.call("tools/call", #"{"name":"hub__push"}"#, id: "2")
        let (link, _, id) = try harness.last("git", .toolsCall)
        harness.upstreams.perform {
            link.receive(
                #"{"jsonrpc":"2.0","id":"q1","method":"elicitation/create","params":{"message":"?","requestedSchema":{}}}"#,
                relatedTo: id)
        }
        harness.settle()
        try harness.answers(
            "hub", .toolsCall,
            #"{"resultType":"input_required","inputRequests":{"k":{"method":"roots/list"}},"requestState":"s"}"#)
        let asked = try #require(first.messages.first { $0.contains("elicitation/create") })
        let other = try #require(second.messages.first { $0.contains("roots/list") })
        for (text, result) in [(other, #"{"roots":[]}"#), (asked, #"{"action":"decline"}"#)] {
            let answer = try Message(#"{"jsonrpc":"2.0","id":\#(try text.requestID),"result":\#(result)}"#)
            harness.clients.perform { client.session.receive(response: answer) }
            harness.settle()
        }
        #expect(link.responses.contains { $0.text.contains("decline") })
        let again = try harness.last("hub", .toolsCall).sent
        #expect(again.message.params?["inputResponses"]?["k"] != nil)
        #expect(again.message.params?["name"]?.string == "push")
    }

    @Test("A subscription to a resource goes to its server, in both eras, and its news come back")
    func subscriptions() throws {
        harness["git"].lists["resources"] = #"[{"uri":"git://a","name":"a"}]"#
        harness.start()
        let client = try harness.open()
        let reply = try client.call("resources/subscribe", #"{"uri":"git://a"}"#)
        try harness.answers("git", .resourcesSubscribe, "{}")
        #expect(reply.answers.count == 1)
        let listening = try harness.ask(
            Ask(
                method: "subscriptions/listen",
                params: #""notifications":{"resourceSubscriptions":["git://a","no://x"]}"#))
        #expect(listening.messages.first?.contains("git://a") == true)
        for link in harness["git"].script.links {
            harness.upstreams.perform {
                link.receive(
                    #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"git://a"}}"#)
            }
        }
        harness.settle()
        #expect(client.outlet.messages.contains { $0.contains("resources/updated") })
        #expect(listening.messages.contains { $0.contains("resources/updated") })
    }

    @Test("A member that is not offered any more loses its calls, and the session goes on")
    func memberLeaves() throws {
        harness.start()
        let client = try harness.open()
        let reply = try client.call("tools/call", #"{"name":"git__log"}"#)
        harness.offer.show([harness.members[1]], OfferTerms(), logsRequests: false)
        harness.gateway.offerChanged(harness.offer)
        harness.settle()
        #expect(reply.answers.first?.contains("not offered any more") == true)
        #expect(!client.session.isClosed && client.session.legs.isEmpty)
        #expect(client.outlet.messages.filter { $0.contains("tools/list_changed") }.count == 1)
        #expect(try client.names() == ["hub__status", "hub__push"])
        #expect(harness.gateway.calls.total == 0)
    }

    @Test("A server that is removed takes its calls with it, and nothing else")
    func serverEnds() throws {
        harness.start()
        let client = try harness.open()
        let reply = try client.call("tools/call", #"{"name":"git__log"}"#)
        let other = try client.call("tools/call", #"{"name":"hub__push"}"#, id: "2")
        harness.gateway.closeSessions(of: harness["git"].connections, reason: "the server was removed")
        harness.settle()
        #expect(reply.answers.first?.contains("the server was removed") == true && other.answers.isEmpty)
        #expect(!client.session.isClosed)
    }

    @Test(
        "What a server shows one client and no other counts for that client once it has used the server, and it is told"
    )
    func ownLists() throws {
        harness.start()
        let (client, other) = (try harness.open(), try harness.open(capabilities: "{}"))
        // On a connection whose client can be asked things, the server has one tool more.
        harness["git"].lists["tools"] = #"[{"name":"status"},{"name":"sample"}]"#
        _ = try client.call("tools/call", #"{"name":"git__status"}"#)
        #expect(try client.names() == ["git__status", "git__sample", "hub__status", "hub__push"])
        #expect(client.outlet.messages.filter { $0.contains("tools/list_changed") }.count == 1)
        #expect(try other.names() == ["git__status", "git__log", "hub__status", "hub__push"])
        #expect(other.outlet.messages.isEmpty)
        // Of clients without session, those that say the same of themselves see the same.
        let alike = try harness.ask(
            Ask(method: "tools/list", params: "", capabilities: GatewayHarness.everything))
        #expect(alike.answers.first?.contains("git__sample") == true)
        let unlike = try harness.ask(Ask(method: "tools/list", params: "", capabilities: "{}"))
        #expect(unlike.answers.first?.contains("git__sample") == false)
    }

    @Test("A client without session hears when what a server shows it changes, on a connection of its own")
    func modernOwnLists() throws {
        harness.start()
        let listening = try harness.ask(
            Ask(method: "subscriptions/listen", params: #""notifications":{"toolsListChanged":true}"#))
        _ = try harness.ask(Ask(params: #""name":"git__status""#))
        #expect(listening.messages.filter { $0.contains("list_changed") }.isEmpty)
        let link = try harness.last("git", .toolsCall).link
        harness["git"].lists["tools"] = #"[{"name":"status"},{"name":"added"}]"#
        harness.upstreams.perform {
            link.receive(#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
        }
        harness.settle()
        #expect(listening.messages.contains { $0.contains("tools/list_changed") })
        #expect(try harness.ask(Ask(method: "tools/list", params: "")).answers.first?.contains("git__added") == true)
    }

    @Test("What a server answers of an address that fits a template of two is told apart, too")
    func sameTemplate() throws {
        for name in ["git", "hub"] {
            harness[name].lists["resourceTemplates"] = #"[{"uriTemplate":"mem://item/{id}","name":"t"}]"#
        }
        harness.start()
        let client = try harness.open()
        #expect(try client.names(.templates) == ["mem://item/{id}", "hub+mem://item/{id}"])
        let reply = try client.call("resources/read", #"{"uri":"hub+mem://item/x"}"#)
        try harness.answers(
            "hub", .resourcesRead, #"{"contents":[{"uri":"mem://item/x","text":"a"}],"resultType":"complete"}"#)
        #expect(reply.answers.first?.contains(#""uri":"hub+mem://item/x""#) == true)
        let first = try client.call("resources/read", #"{"uri":"mem://item/x"}"#, id: "2")
        try harness.answers("git", .resourcesRead, #"{"contents":[{"uri":"mem://item/x","text":"a"}]}"#)
        #expect(first.answers.first?.contains(#""uri":"mem://item/x""#) == true)
    }

    @Test("Who loses one server loses what is under way there, and nothing else, with a session or without")
    func losesOne() throws {
        harness.start()
        let client = try harness.open()
        let (lost, kept) = (
            try harness.ask(Ask(params: #""name":"git__status""#)), try harness.ask(Ask(params: #""name":"hub__push""#))
        )
        let sessions = (
            lost: try client.call("tools/call", #"{"name":"git__log"}"#, id: "1"),
            kept: try client.call("tools/call", #"{"name":"hub__push"}"#, id: "2")
        )
        let git = Member(harness["git"].connections, access: .holders([.token(number: 0)]))
        harness.offer.show([git, harness.members[1]], OfferTerms(), logsRequests: false)
        harness.gateway.offerChanged(harness.offer)
        harness.settle()
        #expect(lost.answers.first?.contains("not offered any more") == true && kept.answers.isEmpty)
        #expect(sessions.lost.answers.first?.contains("not offered any more") == true)
        #expect(sessions.kept.answers.isEmpty && harness.gateway.calls.total == 2)
        for link in harness["hub"].script.links {
            for id in link.requests(.toolsCall).compactMap(\.id) {
                harness.upstreams.perform { link.answer(id, result: #"{"content":[],"resultType":"complete"}"#) }
            }
        }
        harness.settle()
        #expect(kept.answers.count == 1 && sessions.kept.answers.count == 1)
        #expect(harness.gateway.openCalls.all.isEmpty && harness.gateway.calls.total == 0)
    }

    @Test("An address that one server lists as if it were another's is not taken for the other's")
    func hijackedAddress() throws {
        harness["git"].lists["resources"] =
            #"[{"uri":"mem://one","name":"a"},{"uri":"hub+mem://one","name":"not mine"}]"#
        harness["hub"].lists["resources"] = #"[{"uri":"mem://one","name":"a"}]"#
        harness.start()
        let client = try harness.open()
        #expect(try client.names(.resources) == ["mem://one", "git+hub+mem://one", "hub+mem://one"])
        _ = try client.call("resources/read", #"{"uri":"hub+mem://one"}"#)
        #expect(try harness.last("hub", .resourcesRead).sent.message.params?["uri"]?.string == "mem://one")
        _ = try client.call("resources/read", #"{"uri":"git+hub+mem://one"}"#, id: "2")
        #expect(try harness.last("git", .resourcesRead).sent.message.params?["uri"]?.string == "hub+mem://one")
    }
}
