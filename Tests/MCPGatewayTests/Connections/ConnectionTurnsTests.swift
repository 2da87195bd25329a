import Logging
import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Synchronization
import Testing

@testable import MCPGateway

/// Sessions that share a server which asks without saying for which call.
@Suite(.timeLimit(.minutes(1))) struct ConnectionTurnsTests {
    private static let question = #"{"jsonrpc":"2.0","id":"q\u0031","method":"roots/list","params":{"x":1.0}}"#

    private func question(_ id: Int) -> String { #"{"jsonrpc":"2.0","id":\#(id),"method":"roots/list"}"# }

    private func answer(_ client: TestClient, _ reply: ReplyRecorder, _ text: String = #"{"roots":[]}"#) throws {
        let ours = try #require(reply.messages.last).requestID
        try client.respond(#"{"jsonrpc":"2.0","id":\#(ours),"result":\#(text)}"#)
    }

    // MARK: The first questions

    @Test(
        "One person's sessions that are asked at the same moment for the first time are asked in the order of their calls"
    )
    func firstCollision() throws {
        let harness = GatewayHarness()
        let clients = try (0..<3).map { _ in try harness.open() }
        let calls = try clients.map { try $0.callWithID() }
        for id in 0..<3 { try harness.serverSays(question(id)) }
        #expect(calls.map(\.0.messages.count) == [1, 1, 1])
        for (number, client) in clients.enumerated() { try answer(client, calls[number].0, #"{"roots":[\#(number)]}"#) }
        #expect(
            try clients[0].link.responses.map(\.text)
                == (0..<3).map { #"{"jsonrpc":"2.0","id":\#($0),"result":{"roots":[\#($0)]}}"# })
    }

    @Test("Where they may be strangers nobody is asked: an elicitation is cancelled at once, with a line in the log")
    func strangers() throws {
        let log = LineLog()
        let harness = GatewayHarness(company: .perhapsStrangers, logger: log.logger)
        let clients = try (0..<2).map { _ in try harness.open() }
        let calls = try clients.map { try $0.callWithID() }
        try harness.serverSays(GatewayHarness.elicitation)
        try harness.serverSays(question(2))
        let responses = try clients[0].link.responses
        #expect(responses.first?.text == #"{"jsonrpc":"2.0","id":"q","result":{"action":"cancel"}}"#)
        #expect(responses.last?.text.contains(#""id":2,"error":{"code":-32601"#) == true)
        #expect(responses.last?.text.contains("roots/list") == true)
        #expect(calls.allSatisfy { $0.0.messages.isEmpty })
        let told = log.lines.joined(separator: "\n")
        #expect(told.contains(#"isolation: "session""#) && told.contains("elicitation/create"))
        // One of them is left: now it is clear.
        try harness.serverAnswers(calls[0].1)
        try harness.serverSays(question(3))
        #expect(calls[1].0.messages.count == 1)
    }

    @Test("The holder of a token is one person, whoever can reach the proxy")
    func token() throws {
        let harness = GatewayHarness(company: .perhapsStrangers)
        let alice = Principal.token(number: 0)
        let (first, second) = (try harness.open(alice), try harness.open(alice))
        let (one, _) = try first.callWithID()
        _ = try second.callWithID()
        try harness.serverSays(Self.question)
        #expect(one.messages.count == 1)
    }

    // MARK: Turns

    @Test(
        "Once a server has asked during a call, sessions take turns; nobody can keep the turn",
        arguments: [true, false])
    func turns(areStrangers: Bool) throws {
        let harness = GatewayHarness(company: areStrangers ? .perhapsStrangers : .onePerson)
        let first = try harness.open()
        let second = try harness.open()
        let (two, twoID) = try second.callWithID()
        try harness.serverSays(Self.question)
        try answer(second, two)
        // The other session has to wait now, and whoever comes after it waits behind it.
        let link = try first.link
        let before = link.callIDs.count
        let waiting = try first.call()
        let again = try second.call(#"{"jsonrpc":"2.0","id":2,"method":"tools/call"}"#)
        #expect(link.callIDs.count == before)
        try harness.serverAnswers(twoID)
        #expect(link.callIDs.count == before + 1)
        try harness.serverAnswers(try #require(link.callIDs.last))
        #expect(waiting.answers.count == 1 && again.answers.isEmpty)
        #expect(link.callIDs.count == before + 2, "now it is the other one's turn again")
        try harness.serverAnswers(try #require(link.callIDs.last))
        #expect(again.answers.count == 1)
    }

    @Test("A server that asks outside of calls makes nobody wait")
    func outsideOfCalls() throws {
        let harness = GatewayHarness()
        let first = try harness.open()
        let second = try harness.open()
        try harness.serverSays(Self.question)
        _ = try first.callWithID()
        _ = try second.callWithID()
    }

    @Test("That a server asks is known on all its connections, also those that come later, until it is replaced")
    func remembered() throws {
        let memory = AskingMemory()
        let harness = GatewayHarness(asking: memory)
        let alice = try harness.open(Principal(name: "alice"))
        let (bob, bobs) = (try harness.open(Principal(name: "bob")), try harness.open(Principal(name: "bob")))
        _ = try alice.callWithID()
        try harness.serverSays(Self.question, on: alice.link)
        #expect(memory.isKnown)
        let carol = Principal(name: "carol")
        let later = (try harness.open(carol), try harness.open(carol))
        for (first, second) in [(bob, bobs), later] {
            _ = try first.callWithID()
            let count = try first.link.callIDs.count
            _ = try second.call()
            #expect(try first.link.callIDs.count == count, "it waits for its turn before anybody was ever asked")
        }
        harness.server.renew(with: harness.script.factory, grace: .zero) { _, _ in }
        #expect(!memory.isKnown)
    }

    @Test("Clients that cannot be asked anything take no turns, whatever the server does with others")
    func notAskable() throws {
        let memory = AskingMemory()
        let harness = GatewayHarness(asking: memory)
        let bob = Principal(name: "bob")
        let before = (try harness.open(bob, capabilities: "{}"), try harness.open(bob, capabilities: "{}"))
        let alice = try harness.open(Principal(name: "alice"))
        _ = try alice.callWithID()
        try harness.serverSays(Self.question, on: alice.link)
        #expect(memory.isKnown)
        let carol = Principal(name: "carol")
        let capabilities = #"{"experimental":{}}"#
        let later = (
            try harness.open(carol, capabilities: capabilities), try harness.open(carol, capabilities: capabilities)
        )
        for (first, second) in [before, later] {
            _ = try first.callWithID()
            _ = try second.callWithID()
            // Not even where the server asks all the same.
            try harness.serverSays(Self.question, on: first.link)
            #expect(try first.link.responses.last?.text.contains("-32601") == true)
            _ = try first.callWithID(#"{"jsonrpc":"2.0","id":2,"method":"tools/call"}"#)
            _ = try second.callWithID(#"{"jsonrpc":"2.0","id":2,"method":"tools/call"}"#)
        }
    }

    @Test(
        "Who is being asked may call meanwhile, so that its answer does not wait for itself", arguments: [true, false])
    func nestedCall(areStrangers: Bool) throws {
        let harness = GatewayHarness(company: areStrangers ? .perhapsStrangers : .onePerson)
        let first = try harness.open()
        let second = try harness.open()
        let (two, twoID) = try second.callWithID()
        try harness.serverSays(Self.question)
        let ours = try #require(two.messages.first).requestID
        _ = try first.call()
        // To answer the question, the client needs another tool of the same server.
        let (nested, nestedID) = try second.callWithID(#"{"jsonrpc":"2.0","id":2,"method":"tools/call"}"#)
        try harness.serverAnswers(nestedID)
        #expect(nested.answers.count == 1)
        try second.respond(#"{"jsonrpc":"2.0","id":\#(ours),"result":{}}"#)
        try harness.serverAnswers(twoID)
        #expect(two.answers.count == 1)
    }

    @Test("A call that waits for its turn can be cancelled, and is never sent")
    func cancelWaitingForTurn() throws {
        let harness = GatewayHarness(asking: AskingMemory(true))
        let first = try harness.open()
        let second = try harness.open()
        let (_, twoID) = try second.callWithID()
        let waiting = try first.call(#"{"jsonrpc":"2.0","id":"w","method":"tools/call"}"#)
        try first.notify(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"w"}}"#)
        #expect(waiting.abandonments == 1)
        let count = try first.link.callIDs.count
        try harness.serverAnswers(twoID)
        #expect(try first.link.callIDs.count == count)
        #expect(try first.link.notifications(.cancelled).isEmpty, "the server never knew it")
    }

    @Test("A call whose turn does not come in time fails, and is never sent")
    func turnTooLate() throws {
        var limits = UpstreamLimits()
        limits.callTimeout = .seconds(5)
        let harness = GatewayHarness(upstreamLimits: limits, asking: AskingMemory(true))
        let first = try harness.open()
        let second = try harness.open()
        let (_, id) = try second.callWithID()
        harness.advance(by: .seconds(1))
        let count = try first.link.callIDs.count
        let waiting = try first.call()
        harness.advance(by: .seconds(3))
        // Who has the turn is not silent, so that it keeps it.
        try harness.serverSays(
            #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":\#(id),"progress":1}}"#)
        #expect(waiting.answers.isEmpty)
        harness.advance(by: .seconds(3))
        #expect(waiting.answers.count == 1)
        #expect(try first.link.callIDs.count == count)
    }

    @Test("A session that closes while others wait for their turn does not block them")
    func closeDuringTurn() throws {
        let harness = GatewayHarness(asking: AskingMemory(true))
        let first = try harness.open()
        let second = try harness.open()
        _ = try second.callWithID()
        let waiting = try first.call()
        let count = try first.link.callIDs.count
        second.close()
        #expect(try first.link.callIDs.count == count + 1)
        try harness.serverAnswers(try #require(try first.link.callIDs.last))
        #expect(waiting.answers.count == 1)
    }
}

extension GatewayHarness {
    /// How many calls reach the server on its newest link meanwhile.
    func countingCalls(_ body: () throws -> Void) throws -> Int {
        let link = try script.link
        let before = link.callIDs.count
        try body()
        return link.callIDs.count - before
    }
}
