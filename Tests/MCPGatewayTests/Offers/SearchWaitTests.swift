import MCPCore
import MCPTestSupport
import MCPValues
import Synchronization
import Testing

@testable import MCPGateway

/// Work that is done when a test says so.
private final class HeldWork: Sendable {
    private let held = Mutex<[@Sendable () -> Void]>([])

    var work: IndexWork { IndexWork { [self] body in held.withLock { $0.append(body) } } }
    var count: Int { held.withLock { $0.count } }

    func run() {
        while let next = held.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { next() }
    }
}

/// Who waits for the index of what is offered, and who does not.
@Suite struct SearchWaitTests {
    private static let search = #"{"name":"search_tools","arguments":{"query":"status blame"}}"#
    private static let describe = #"{"name":"describe_tools","arguments":{"names":["git__blame"]}}"#

    private let held = HeldWork()

    private func harness() -> MergedHarness {
        var terms = OfferTerms()
        terms.discovery = .search
        let harness = MergedHarness(
            [("git", .legacy, ["status", "log"]), ("hub", .modern, ["status", "push"])], terms, indexing: held.work)
        harness.start()
        return harness
    }

    private func change(_ harness: MergedHarness) throws {
        harness["git"].lists["tools"] = #"[{"name":"log","inputSchema":{}},{"name":"blame","inputSchema":{}}]"#
        try harness.says("git", #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#)
    }

    @Test("While an index is made lists and calls are answered, and searches once it is there, of what is offered then")
    func waits() throws {
        let harness = harness()
        let client = try harness.open()
        #expect(try client.names().count == 3)
        try change(harness)
        let searching = try client.call("tools/call", Self.search)
        let describing = try client.call("tools/call", Self.describe, id: "2")
        let modern = try harness.ask(Ask(params: String(Self.search.dropFirst().dropLast()), parameters: []))
        #expect(searching.answers.isEmpty && describing.answers.isEmpty && modern.answers.isEmpty)
        #expect(held.count > 0)

        #expect(try client.names().count == 3)
        for (call, member) in [
            (#"{"name":"hub__push"}"#, "hub"), (#"{"name":"call_tool","arguments":{"name":"git__blame"}}"#, "git"),
        ] {
            let reply = try client.call("tools/call", call, id: "3")
            try harness.answers(member, .toolsCall, #"{"content":[{"type":"text","text":"done"}]}"#)
            #expect(reply.answers.first?.contains("done") == true)
        }
        let fault = try client.call("tools/call", #"{"name":"search_tools","arguments":{}}"#, id: "4")
        #expect(fault.answers.first?.contains("query must be a text") == true)
        #expect(searching.answers.isEmpty)

        held.run()
        harness.settle()
        for reply in [searching.answers, describing.answers, modern.answers] {
            #expect(reply.count == 1)
            #expect(reply.first?.contains("git__blame") == true)
            #expect(reply.first?.contains("git__status") == false)
        }
        // What is there by now is answered from at once.
        #expect(try client.call("tools/call", Self.search).answers.count == 1)
        #expect(held.count == 0)
    }

    @Test("Who asks while the lists change and change again is answered each time, and asks for no index twice")
    func changesMeanwhile() throws {
        let harness = harness()
        let client = try harness.open()
        let first = try client.call("tools/call", Self.search)
        try change(harness)
        let second = try client.call("tools/call", Self.search, id: "2")
        held.run()
        harness.settle()
        #expect(first.answers.first?.contains("git__status") == true)
        #expect(second.answers.first?.contains("git__blame") == true)
        #expect(try client.call("tools/call", Self.search).answers.first?.contains("git__blame") == true)
    }

    @Test("A session that ends while it waits for the index is told so, and nothing of what is offered")
    func ended() throws {
        let harness = harness()
        let client = try harness.open()
        let reply = try client.call("tools/call", Self.search)
        harness.clients.perform { client.session.close(reason: "the token was removed") }
        held.run()
        harness.settle()
        #expect(reply.answers.first?.contains("git__") != true)
    }

    @Test("Lists that are not offered any more are not kept by their index")
    func freed() throws {
        let harness = harness()
        let client = try harness.open()
        _ = try client.call("tools/call", Self.search)
        held.run()
        harness.settle()
        weak let former = harness.offer.whole.lists
        #expect(former != nil)
        harness.offer.show(harness.members, OfferTerms(), logsRequests: false)
        // The client looks at those that are offered now.
        #expect(try client.names().count == 4)
        #expect(former == nil)
    }
}
