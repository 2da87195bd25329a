import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

/// What becomes of calls whose clients are away when there are too many.
@Suite(.timeLimit(.minutes(1))) struct SuspendedCallRoomTests {
    private static let accepted = #"{"action":"accept","content":{"name":1.0}}"#

    private func question(_ id: String) -> String { GatewayHarness.elicitation.replacing(#""q""#, with: "\"\(id)\"") }

    /// A server that is there, has nothing to list, and takes so many calls at once.
    private func harness(room: Int) throws -> GatewayHarness {
        var limits = UpstreamLimits()
        limits.maximumCallsInFlight = room
        let harness = GatewayHarness(upstreamLimits: limits)
        try harness.serverAnswers(try harness.askWithID(Ask(id: "0"), capabilities: "{}").1)
        return harness
    }

    @Test("Where a server has no room, the call whose client is away longest gives way to one that is here")
    func givesWay() throws {
        let harness = try harness(room: 2)
        let first = try harness.suspendedCall(Ask(id: "1"), asking: question("a"))
        let second = try harness.suspendedCall(Ask(id: "2"), asking: question("b"))
        let (plain, id) = try harness.askWithID(Ask(id: "3"))
        let link = try harness.script.link
        #expect(link.notifications(.cancelled).map(\.text).filter { $0.contains("\(first.id)") }.count == 1)
        #expect(link.responses.map(\.text) == [#"{"jsonrpc":"2.0","id":"a","result":{"action":"cancel"}}"#])
        try harness.serverAnswers(id)
        #expect(plain.codes == [nil])
        #expect(try harness.ask(Ask(id: "1").again("4", state: first.asked.state)).codes == [.invalidParams])
        let back = try harness.ask(
            Ask(id: "2").again("5", state: second.asked.state, responses: #"{"b":\#(Self.accepted)}"#))
        try harness.serverAnswers(second.id)
        #expect(back.codes == [nil], "the other one goes on")
    }

    @Test("A call that has no room yet gets that of the first one that is left alone")
    func givesWayLater() throws {
        let harness = try harness(room: 1)
        let (_, id) = try harness.askWithID(Ask(id: "1"))
        let plain = try harness.ask(Ask(id: "2"))
        let link = try harness.script.link
        try harness.serverAsks(question("a"))
        #expect(link.notifications(.cancelled).first?.text.contains("\(id)") == true)
        try harness.serverAnswers(try #require(link.callIDs.last))
        #expect(plain.codes == [nil])
    }

    @Test("A principal has as many suspended calls as it may have calls; beyond that its own oldest gives way")
    func ownBound() throws {
        let harness = GatewayHarness { ($0.maximumCalls, $0.maximumCallsPerPrincipal) = (4, 2) }
        let mallory = Principal(name: "mallory")
        let calls = try (1...5).map {
            try harness.suspendedCall(Ask(id: "\($0)", principal: mallory), asking: question("m\($0)"))
        }
        #expect(harness.gateway.suspended.all.count == 2)
        let link = try harness.script.link
        #expect(link.notifications(.cancelled).count == 3)
        for call in calls.prefix(3) {
            let late = try harness.ask(Ask(principal: mallory).again("9", state: call.asked.state))
            #expect(late.codes == [.invalidParams])
        }
        let other = try harness.suspendedCall(Ask(id: "7"), asking: question("other"))
        _ = try harness.ask(
            Ask(id: "7").again("8", state: other.asked.state, responses: #"{"other":\#(Self.accepted)}"#))
        #expect(harness.gateway.suspended.all.count == 2)
    }
}
