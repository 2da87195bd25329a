import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPGateway

/// Questions of a server with a handshake that could be for several calls of clients without sessions.
@Suite(.timeLimit(.minutes(1))) struct SharedQuestionTests {
    private static let accepted = #"{"action":"accept","content":{"name":1.0}}"#

    private func elicitation(_ id: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"elicitation/create","params":{"message":"\#(id.filter { $0 != "\"" })?"}}"#
    }

    private func answers(_ keys: String...) -> String {
        "{\(keys.map { "\"\($0)\":\(Self.accepted)" }.joined(separator: ","))}"
    }

    private func answered(_ id: String) -> String { #"{"jsonrpc":"2.0","id":\#(id),"result":\#(Self.accepted)}"# }

    // MARK: A call that nobody comes back to

    @Test("After a call that its client has left alone, the next of the same client gets all its questions at once")
    func abandoned() throws {
        let harness = GatewayHarness()
        _ = try harness.suspendedCall()
        let ask = Ask(id: "2")
        var (reply, id) = try harness.askWithID(ask)
        for number in 1...2 {
            try harness.serverAsks(elicitation("\(number)"))
            let asked = try Asked(reply.answers.last)
            #expect(Array(asked.requests.keys) == ["input-\(number)"])
            reply = try harness.ask(ask.again("3", state: asked.state, responses: answers("input-\(number)")))
        }
        try harness.serverAnswers(id)
        #expect(reply.codes == [nil])
        #expect(try harness.script.link.responses.map(\.text) == [answered("1"), answered("2")])
    }

    @Test("Questions that come together are asked together, also after a call that was left alone")
    func togetherAfterAbandoned() throws {
        let harness = GatewayHarness()
        for round in 1...2 {
            let (reply, _) = try harness.askWithID(Ask(id: "\(round)"))
            for number in 1...3 { try harness.serverSays(elicitation("\"r\(round)-\(number)\"")) }
            harness.advance(by: .milliseconds(10))
            #expect(Set(try Asked(reply.answers.last).requests.keys) == Set((1...3).map { "r\(round)-\($0)" }))
        }
    }

    @Test("A call that waits for its client holds no turn: another client's plain call and question are served")
    func noTurn() throws {
        let harness = GatewayHarness()
        _ = try harness.suspendedCall()
        let other = Ask(id: "2", client: #"{"name":"other"}"#)
        let (plain, plainID) = try harness.askWithID(other)
        try harness.serverAnswers(plainID)
        #expect(plain.codes == [nil])
        let (reply, _) = try harness.askWithID(other)
        try harness.serverAsks(elicitation("9"))
        let asked = try Asked(reply.answers.last)
        _ = try harness.ask(other.again("3", state: asked.state, responses: answers("input-9")))
        #expect(try harness.script.link.responses.map(\.text) == [answered("9")])
        #expect(harness.script.links.count == 1, "one caller's calls stay in one process")
    }

    @Test(
        "Among strangers plain calls go on as well; what could be a question of the call that waits is shown to nobody")
    func strangers() throws {
        let harness = GatewayHarness(company: .perhapsStrangers)
        _ = try harness.suspendedCall()
        let other = Ask(id: "2", client: #"{"name":"other"}"#)
        let (reply, id) = try harness.askWithID(other)
        try harness.serverAsks(elicitation("9"))
        #expect(reply.answers.isEmpty)
        #expect(
            try harness.script.link.responses.map(\.text)
                == [#"{"jsonrpc":"2.0","id":9,"result":{"action":"cancel"}}"#])
        try harness.serverAnswers(id)
        #expect(reply.codes == [nil])
    }

    @Test("Strangers whose programs say the same of themselves are two clients: neither is asked for the other")
    func namesakes() throws {
        let harness = GatewayHarness(company: .perhapsStrangers)
        let (running, runningID) = try harness.askWithID(Ask(id: "1"))
        let (reply, id) = try harness.askWithID(Ask(id: "2"))
        try harness.serverAsks(elicitation("9"))
        #expect(running.answers.isEmpty && reply.answers.isEmpty)
        #expect(
            try harness.script.link.responses.map(\.text)
                == [#"{"jsonrpc":"2.0","id":9,"result":{"action":"cancel"}}"#])
        let later = try harness.ask(Ask(id: "3"))
        #expect(try harness.script.link.requests(.toolsCall).count == 2, "now they take turns")
        for id in [runningID, id] { try harness.serverAnswers(id) }
        try harness.serverAsks(elicitation("10"))
        #expect(Array(try Asked(later.answers.last).requests.keys) == ["input-10"], "alone it is asked")
    }

    @Test("A stranger that says the same of itself answers no question of a call that waits for its client")
    func namesakesAnswer() throws {
        let harness = GatewayHarness(company: .perhapsStrangers)
        let (asked, _, id) = try harness.suspendedCall()
        let (other, otherID) = try harness.askWithID(Ask(id: "2"))
        // Where the transport tells the call, it is clear who is meant.
        try harness.serverSays(elicitation("9"), relatedTo: otherID)
        harness.advance(by: .milliseconds(10))
        let state = try Asked(other.answers.last).state
        _ = try harness.ask(Ask(id: "2").again("3", state: state, responses: answers("input-9", "q")))
        #expect(try harness.script.link.responses.map(\.text) == [answered("9")])
        let back = try harness.ask(Ask().again("4", state: asked.state, responses: answers("q")))
        harness.advance(by: .milliseconds(500))
        #expect(try harness.script.link.responses.map(\.text) == [answered("9"), answered("\"q\"")])
        try harness.serverAnswers(id)
        #expect(back.codes == [nil])
    }

    @Test("Three clients of one person that are asked at the same moment are asked in the order of their calls")
    func threeClients() throws {
        let harness = GatewayHarness()
        let asks = (1...3).map { Ask(id: "\($0)", client: #"{"name":"client \#($0)"}"#) }
        let calls = try asks.map { try harness.askWithID($0) }
        for id in 1...3 { try harness.serverSays(elicitation("\"of \(id)\"")) }
        harness.advance(by: .milliseconds(10))
        for (number, call) in calls.enumerated() {
            let asked = try Asked(call.0.answers.last)
            #expect(Array(asked.requests.keys) == ["of \(number + 1)"])
            _ = try harness.ask(
                asks[number].again("9", state: asked.state, responses: answers("of \(number + 1)")))
            try harness.serverAnswers(call.1)
        }
        #expect(
            try harness.script.link.responses.map(\.text) == (1...3).map { answered("\"of \($0)\"") })
    }

    @Test("A client that comes back in another's turn waits for its own, so that its next question is put to it alone")
    func returning() throws {
        let harness = GatewayHarness()
        let (asked, _, firstID) = try harness.suspendedCall()
        let (plain, plainID) = try harness.askWithID(Ask(id: "2", client: #"{"name":"other"}"#))
        let back = try harness.ask(Ask().again("3", state: asked.state, responses: answers("q")))
        #expect(try harness.script.link.responses.isEmpty)
        try harness.serverAsks(elicitation("7"))
        #expect(Array(try Asked(plain.answers.last).requests.keys) == ["input-7"], "it is the other one's turn")
        #expect(try harness.script.link.responses.map(\.text) == [answered("\"q\"")], "and now its own")
        try harness.serverAsks(elicitation("8"))
        #expect(Array(try Asked(back.answers.last).requests.keys) == ["input-8"])
        try harness.serverAnswers(plainID)
        try harness.serverAnswers(firstID)
        #expect(harness.gateway.calls.total == 0)
    }

    @Test(
        "A client that comes back waits half a second for its turn at the most, because the other may wait for just that"
    )
    func returningInVain() throws {
        let harness = GatewayHarness()
        let (asked, _, id) = try harness.suspendedCall()
        let (plain, _) = try harness.askWithID(Ask(id: "2", client: #"{"name":"other"}"#))
        let back = try harness.ask(Ask().again("3", state: asked.state, responses: answers("q")))
        harness.advance(by: .milliseconds(499))
        #expect(try harness.script.link.responses.isEmpty)
        harness.advance(by: .milliseconds(1))
        #expect(try harness.script.link.responses.count == 1)
        try harness.serverAnswers(id)
        #expect(back.codes == [nil] && plain.answers.isEmpty)
    }

    @Test("Who leaves while it waits for its turn cancels its call, and what the server asked is answered for it")
    func leavesReturning() throws {
        let harness = GatewayHarness()
        let (asked, _, id) = try harness.suspendedCall()
        _ = try harness.askWithID(Ask(id: "2", client: #"{"name":"other"}"#))
        let back = try harness.ask(Ask().again("3", state: asked.state, responses: answers("q")))
        harness.leave(back)
        let link = try harness.script.link
        #expect(link.notifications(.cancelled).first?.text.contains("\(id)") == true)
        #expect(link.responses.map(\.text) == [#"{"jsonrpc":"2.0","id":"q","result":{"action":"cancel"}}"#])
        harness.advance(by: .seconds(1))
        #expect(link.responses.count == 1 && harness.gateway.calls.total == 1)
    }

    // MARK: Answers

    @Test("An answer finds its question by the server's identifier, whichever call of the caller brought it")
    func elsewhere() throws {
        let harness = GatewayHarness()
        let asks = [Ask(id: "1"), Ask(id: "2")]
        let calls = try asks.map { try harness.askWithID($0) }
        for id in ["\"a\"", "\"b\""] { try harness.serverSays(elicitation(id)) }
        harness.advance(by: .milliseconds(10))
        let asked = try calls.map { try Asked($0.0.answers.last) }
        #expect(asked.map { Array($0.requests.keys) } == [["a"], ["b"]])
        let first = try harness.ask(asks[0].again("3", state: asked[0].state, responses: answers("a", "b")))
        #expect(try Set(harness.script.link.responses.map(\.text)) == [answered("\"a\""), answered("\"b\"")])
        for call in calls { try harness.serverAnswers(call.1) }
        let second = try harness.ask(asks[1].again("4", state: asked[1].state))
        #expect(first.answers.count == 1 && second.answers.count == 1 && second.codes == [nil])
    }

    @Test("An answer that another principal's or a stranger's call brings is for no question of this caller")
    func notElsewhere() throws {
        let harness = GatewayHarness(company: .perhapsStrangers)
        _ = try harness.suspendedCall()
        for other in [
            Ask(id: "2", client: #"{"name":"other"}"#), Ask(id: "3", principal: Principal(name: "mallory")),
        ] {
            let (reply, _) = try harness.askWithID(other)
            let id = other.id
            let question = GatewayHarness.elicitation.replacing(#""q""#, with: id)
            // On its own connection, or refused there, it gets a state only where it can be asked.
            try harness.serverAsks(question)
            guard let asked = try? Asked(reply.answers.last) else { continue }
            _ = try harness.ask(other.again("9", state: asked.state, responses: answers("q", "input-\(id)")))
        }
        let first = try #require(harness.script.links.first)
        #expect(!first.responses.contains { $0.text.contains(Self.accepted) })
    }

    @Test(
        "When its client stays away, a question goes to another call that can have caused it; a late answer counts all the same"
    )
    func staysAway() throws {
        let harness = GatewayHarness()
        let asks = [Ask(id: "1"), Ask(id: "2")]
        let calls = try asks.map { try harness.askWithID($0) }
        try harness.serverAsks(elicitation("\"a\""))
        let late = try Asked(calls[0].0.answers.last)
        harness.advance(by: .seconds(9))
        #expect(calls[1].0.answers.isEmpty)
        harness.advance(by: .seconds(1))
        harness.advance(by: .milliseconds(10))
        let moved = try Asked(calls[1].0.answers.last)
        #expect(Array(moved.requests.keys) == ["a"])
        _ = try harness.ask(asks[0].again("3", state: late.state, responses: answers("a")))
        #expect(try harness.script.link.responses.map(\.text) == [answered("\"a\"")])
        let second = try harness.ask(asks[1].again("4", state: moved.state, responses: answers("a")))
        #expect(try harness.script.link.responses.count == 1 && second.answers.isEmpty)
        try harness.serverAnswers(calls[1].1)
        #expect(second.codes == [nil])
    }

    @Test("A later plain call of a client is not asked what an earlier one has caused, however long that is left alone")
    func laterCall() throws {
        let harness = GatewayHarness { $0.interactionTimeout = .seconds(60) }
        _ = try harness.suspendedCall()
        try harness.serverAsks(elicitation("2"))
        let (plain, id) = try harness.askWithID(Ask(id: "2"))
        for _ in 0..<7 { harness.advance(by: .seconds(10)) }
        #expect(plain.answers.isEmpty)
        let cancelled = try harness.script.link.responses.map(\.text)
        #expect(
            Set(cancelled) == [
                #"{"jsonrpc":"2.0","id":"q","result":{"action":"cancel"}}"#,
                #"{"jsonrpc":"2.0","id":2,"result":{"action":"cancel"}}"#,
            ])
        try harness.serverAnswers(id)
        #expect(plain.codes == [nil])
    }
}
