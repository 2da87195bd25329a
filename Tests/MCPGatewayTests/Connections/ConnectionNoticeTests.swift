import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

/// Which sessions hear updates, log messages and changed lists, on a connection that several share.
@Suite(.timeLimit(.minutes(1))) struct ConnectionNoticeTests {
    private static let question = #"{"jsonrpc":"2.0","id":"q","method":"roots/list"}"#

    private func subscribe(_ client: TestClient, _ harness: GatewayHarness, _ uri: String = "u", un: String = "") throws
        -> ReplyRecorder
    {
        let sent = try client.link.callIDs.count
        let reply = try client.call(
            #"{"jsonrpc":"2.0","id":1,"method":"resources/\#(un)subscribe","params":{"uri":"\#(uri)"}}"#)
        if let id = try client.link.callIDs.dropFirst(sent).last { try harness.serverAnswers(id) }
        return reply
    }

    private static func updated(_ uri: String) -> String {
        #"{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"\#(uri)"}}"#
    }

    @Test("An update reaches the sessions that subscribed and no other, and the last one to leave unsubscribes")
    func subscriptions() throws {
        let harness = GatewayHarness()
        let first = try harness.open()
        let second = try harness.open()
        let third = try harness.open()
        #expect(try subscribe(first, harness).answers.count == 1)
        #expect(try subscribe(second, harness).answers.count == 1)
        try harness.serverSays(Self.updated("u"))
        try harness.serverSays(Self.updated("other"))
        #expect(first.outlet.messages == [Self.updated("u")] && second.outlet.messages == [Self.updated("u")])
        #expect(third.outlet.messages.isEmpty)
        #expect(try subscribe(first, harness, un: "un").answers.count == 1, "answered, though not passed on")
        let link = try second.link
        #expect(link.requests(.resourcesUnsubscribe).isEmpty, "the second session still wants the updates")
        try harness.serverSays(Self.updated("u"))
        #expect(first.outlet.messages.count == 1 && second.outlet.messages.count == 2)
        second.close()
        #expect(link.requests(.resourcesUnsubscribe).map { $0.message.params?["uri"]?.string } == ["u"])
    }

    @Test("After a restart the server is told again what the sessions want")
    func restored() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        _ = try subscribe(client, harness, "u")
        let (_, id) = try client.callWithID(
            #"{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"warning"}}"#)
        try harness.serverAnswers(id)
        harness.advance(by: .seconds(10))
        let link = try client.link
        harness.upstreams.perform { link.breakDown() }
        harness.settle()
        let new = try harness.script.link
        harness.upstreams.perform {
            new.completeHandshake(capabilities: #"{"tools":{},"resources":{"subscribe":true},"logging":{}}"#)
        }
        harness.settle()
        #expect(new.requests(.resourcesSubscribe).map { $0.message.params?["uri"]?.string } == ["u"])
        #expect(new.requests(.loggingSetLevel).map { $0.message.params?["level"]?.string } == ["warning"])
        let told = try client.outlet.messages.map { try Message($0).method }
        #expect(Set(told) == [.toolListChanged, .resourceListChanged], "what was listed before may have changed")
    }

    // MARK: Logging

    private static func log(_ level: String) -> String {
        #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"\#(level)","data":1.0}}"#
    }

    private func setLevel(_ client: TestClient, _ harness: GatewayHarness, _ level: String) throws {
        let (_, id) = try client.callWithID(
            #"{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"\#(level)"}}"#)
        try harness.serverAnswers(id)
    }

    @Test("The server logs at the most talkative level asked for, and each session hears only its own")
    func logLevels() throws {
        let harness = GatewayHarness()
        let quiet = try harness.open()
        let talkative = try harness.open()
        let unset = try harness.open()
        try setLevel(talkative, harness, "debug")
        try setLevel(quiet, harness, "error")
        let levels = try quiet.link.requests(.loggingSetLevel).map { $0.message.params?["level"]?.string }
        #expect(levels == ["debug", "debug"], "the second must not silence the first")
        for level in ["debug", "error", "emergency"] { try harness.serverSays(Self.log(level)) }
        #expect(quiet.outlet.messages == [Self.log("error"), Self.log("emergency")])
        #expect(talkative.outlet.messages.count == 3)
        #expect(unset.outlet.messages.count == 3)
    }

    @Test("A log message during the only call goes with that call")
    func logDuringCall() throws {
        let harness = GatewayHarness()
        let calling = try harness.open()
        let idle = try harness.open()
        let (reply, _) = try calling.callWithID()
        try harness.serverSays(Self.log("info"))
        #expect(reply.messages == [Self.log("info")])
        #expect(idle.outlet.messages.isEmpty)
    }

    @Test("A log level that had to wait for its turn does not silence the others either")
    func waitingLevel() throws {
        let harness = GatewayHarness(asking: AskingMemory(true))
        let first = try harness.open()
        let second = try harness.open()
        try setLevel(first, harness, "debug")
        let (_, oneID) = try first.callWithID()
        let waiting = try second.call(
            #"{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"error"}}"#)
        #expect(try first.link.requests(.loggingSetLevel).count == 1)
        try harness.serverAnswers(oneID)
        let sent = try #require(try first.link.requests(.loggingSetLevel).last).message
        #expect(sent.params?["level"]?.string == "debug")
        try harness.serverAnswers(try #require(try first.link.callIDs.last))
        #expect(waiting.answers.count == 1)
    }

    // MARK: Broadcasts

    @Test("A changed list is told to every session of the connection, and to no other principal")
    func listChanged() throws {
        let harness = GatewayHarness()
        let first = try harness.open()
        let second = try harness.open()
        let bob = try harness.open(Principal(name: "bob"))
        let notice = #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"x":1.0}}"#
        try harness.serverSays(notice, on: first.link)
        #expect(first.outlet.messages == [notice] && second.outlet.messages == [notice])
        #expect(bob.outlet.messages.isEmpty)
    }

    @Test("A notification that the proxy does not know passes unchanged, on one line")
    func unknownNotification() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        try harness.serverSays("{\"jsonrpc\":\"2.0\",\r\n\"method\":\"vendor/notice\",\"params\":{\"é\":1e400}}")
        #expect(
            client.outlet.messages == ["{\"jsonrpc\":\"2.0\",  \"method\":\"vendor/notice\",\"params\":{\"é\":1e400}}"])
    }
}
