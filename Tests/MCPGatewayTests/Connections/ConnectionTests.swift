import MCPCore
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

/// Who hears what a server says unasked, on a connection that several sessions share.
@Suite(.timeLimit(.minutes(1))) struct ConnectionTests {
    private static let question = #"{"jsonrpc":"2.0","id":"q\u0031","method":"roots/list","params":{"x":1.0}}"#

    // MARK: Questions

    @Test("A question goes to the only session with a call in flight, under an identifier of ours, and its answer back")
    func onlyCaller() throws {
        let harness = GatewayHarness()
        let idle = try harness.open()
        let calling = try harness.open()
        _ = try harness.open()
        let (reply, id) = try calling.callWithID()
        try harness.serverSays(Self.question)
        let asked = try #require(reply.messages.first)
        let ours = try asked.requestID
        #expect(asked == #"{"jsonrpc":"2.0","id":\#(ours),"method":"roots/list","params":{"x":1.0}}"#)
        #expect(idle.outlet.messages.isEmpty)
        try calling.respond(#"{"jsonrpc":"2.0","result":{"roots":[1.0]} ,"id":\#(ours)}"#)
        let link = try calling.link
        #expect(link.responses.map(\.text) == [#"{"jsonrpc":"2.0","result":{"roots":[1.0]} ,"id":"q\u0031"}"#])
        try harness.serverAnswers(id)
        #expect(reply.answers.count == 1)
    }

    @Test("A client's error is an answer too")
    func errorAnswer() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        let (reply, _) = try client.callWithID()
        try harness.serverSays(Self.question)
        let ours = try #require(reply.messages.first).requestID
        try client.respond(#"{"jsonrpc":"2.0","id":\#(ours),"error":{"code":-1,"message":"no","data":{"x":1.0}}}"#)
        #expect(
            try client.link.responses.map(\.text)
                == [#"{"jsonrpc":"2.0","id":"q\u0031","error":{"code":-1,"message":"no","data":{"x":1.0}}}"#])
    }

    @Test("An answer to nothing, a second answer, and an answer of another session are dropped")
    func strayAnswers() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        let mallory = try harness.open()
        let (reply, _) = try client.callWithID()
        try harness.serverSays(Self.question)
        let ours = try #require(reply.messages.first).requestID
        try mallory.respond(#"{"jsonrpc":"2.0","id":\#(ours),"result":{"stolen":true}}"#)
        try client.respond(#"{"jsonrpc":"2.0","id":"\#(ours)","result":{}}"#)
        try client.respond(#"{"jsonrpc":"2.0","id":99,"result":{}}"#)
        #expect(try client.link.responses.isEmpty)
        for _ in 0..<2 { try client.respond(#"{"jsonrpc":"2.0","id":\#(ours),"result":{}}"#) }
        #expect(try client.link.responses.count == 1)
    }

    @Test("Without calls a question goes to the session that was active last")
    func lastActive() throws {
        let harness = GatewayHarness()
        let first = try harness.open()
        let second = try harness.open()
        let (_, id) = try first.callWithID()
        try harness.serverAnswers(id)
        try harness.serverSays(Self.question)
        #expect(first.outlet.messages.count == 1)
        #expect(second.outlet.messages.isEmpty)
    }

    @Test("When the session that was active last has gone, a question goes to the only one left, or is refused")
    func lastActiveGone() throws {
        let harness = GatewayHarness()
        let first = try harness.open()
        let second = try harness.open()
        second.close()
        try harness.serverSays(Self.question)
        #expect(first.outlet.messages.count == 1)
        let link = try first.link
        first.close()
        try harness.serverSays(#"{"jsonrpc":"2.0","id":"q2","method":"roots/list"}"#, on: link)
        #expect(link.responses.contains { $0.text.contains(#""id":"q2","error""#) })
    }

    @Test("A question never reaches another principal, nor one that declared other capabilities")
    func otherPrincipal() throws {
        let harness = GatewayHarness()
        let alice = try harness.open(Principal(name: "alice"))
        let bob = try harness.open(Principal(name: "bob"))
        let plain = try harness.open(Principal(name: "alice"), capabilities: "{}")
        #expect(harness.script.links.count == 3)
        try harness.serverSays(Self.question, on: alice.link)
        #expect(alice.outlet.messages.count == 1)
        #expect(bob.outlet.messages.isEmpty && plain.outlet.messages.isEmpty)
        try harness.serverSays(Self.question, on: plain.link)
        #expect(plain.outlet.messages.isEmpty, "it has not declared that it answers such questions")
        #expect(try plain.link.responses.first?.text.contains("error") == true)
    }

    @Test("The question names the call where the transport tells, whoever else calls")
    func related() throws {
        let harness = GatewayHarness()
        let first = try harness.open()
        let second = try harness.open()
        let (one, oneID) = try first.callWithID()
        let (two, _) = try second.callWithID()
        try harness.serverSays(Self.question, relatedTo: oneID)
        #expect(one.messages.count == 1)
        #expect(two.messages.isEmpty)
    }

    @Test("On a connection that all share, questions are refused")
    func sharedRefuses() throws {
        let harness = GatewayHarness(isolation: .shared)
        let client = try harness.open()
        _ = try client.callWithID()
        try harness.serverSays(Self.question)
        #expect(try client.link.responses.first?.text.contains("error") == true)
        #expect(client.outlet.messages.isEmpty)
    }

    @Test("A question that the client does not answer in time is refused, and the client is told")
    func questionTimeout() throws {
        let harness = GatewayHarness { $0.interactionTimeout = .seconds(50) }
        let client = try harness.open()
        try harness.serverSays(Self.question)
        let ours = try #require(client.outlet.messages.first).requestID
        harness.advance(by: .seconds(51))
        #expect(try client.link.responses.count == 1)
        #expect(client.outlet.messages.last?.contains(#""requestId":\#(ours)"#) == true)
        try client.respond(#"{"jsonrpc":"2.0","id":\#(ours),"result":{}}"#)
        #expect(try client.link.responses.count == 1, "too late")
    }

    @Test("As many questions as allowed are open in one session, and one more is refused")
    func questionLimit() throws {
        let harness = GatewayHarness { $0.maximumServerRequestsInFlight = 2 }
        let client = try harness.open()
        for id in 0..<3 { try harness.serverSays(#"{"jsonrpc":"2.0","id":\#(id),"method":"roots/list"}"#) }
        #expect(client.outlet.messages.count == 2)
        #expect(try client.link.responses.map(\.text).filter { $0.contains(#""id":2,"error""#) }.count == 1)
    }

    @Test("While a client thinks about a question of its call, the call's time does not run")
    func questionStopsTime() throws {
        var limits = UpstreamLimits()
        limits.callTimeout = .seconds(20)
        let harness = GatewayHarness(upstreamLimits: limits) { $0.interactionTimeout = .seconds(1_000) }
        let client = try harness.open()
        let (reply, id) = try client.callWithID()
        try harness.serverSays(Self.question)
        harness.advance(by: .seconds(100))
        #expect(reply.endings == 0, "a person may be thinking")
        let ours = try #require(reply.messages.first).requestID
        try client.respond(#"{"jsonrpc":"2.0","id":\#(ours),"result":{}}"#)
        try harness.serverAnswers(id)
        #expect(reply.answers.count == 1)
    }

    @Test("After a question that nobody answered, the call's time runs again")
    func timeRunsAfterRefusal() throws {
        var limits = UpstreamLimits()
        limits.callTimeout = .seconds(20)
        let harness = GatewayHarness(upstreamLimits: limits) { $0.interactionTimeout = .seconds(50) }
        let client = try harness.open()
        let (reply, id) = try client.callWithID()
        try harness.serverSays(Self.question, relatedTo: id)
        harness.advance(by: .seconds(51))
        #expect(try client.link.responses.count == 1, "refused")
        harness.advance(by: .seconds(30))
        #expect(reply.answers.first?.contains("-31003") == true)
    }

    @Test("A question that the server takes back is taken back at the client, under the identifier it knows")
    func questionCancelled() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        try harness.serverSays(Self.question)
        let ours = try #require(client.outlet.messages.first).requestID
        try harness.serverSays(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"q\u0031","reason":"r"}}"#)
        #expect(
            client.outlet.messages.last
                == #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(ours),"reason":"r"}}"#
        )
        try client.respond(#"{"jsonrpc":"2.0","id":\#(ours),"result":{}}"#)
        #expect(try client.link.responses.isEmpty)
    }

    @Test("After a question that the server took back, the call's time runs again")
    func timeRunsAfterQuestionCancelled() throws {
        var limits = UpstreamLimits()
        limits.callTimeout = .seconds(20)
        let harness = GatewayHarness(upstreamLimits: limits) { $0.interactionTimeout = .seconds(1_000) }
        let client = try harness.open()
        let (reply, _) = try client.callWithID()
        try harness.serverSays(Self.question)
        try harness.serverSays(
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"q\u0031"}}"#)
        harness.advance(by: .seconds(30))
        #expect(reply.answers.first?.contains("-31003") == true)
    }

    @Test("The answer to a question of a server that was restarted meanwhile is dropped")
    func questionOfOldServer() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        harness.advance(by: .seconds(10))
        try harness.serverSays(Self.question)
        let ours = try #require(client.outlet.messages.first).requestID
        let link = try client.link
        harness.upstreams.perform { link.breakDown() }
        harness.settle()
        let newLink = try harness.script.link
        #expect(newLink !== link)
        harness.upstreams.perform { newLink.completeHandshake() }
        try client.respond(#"{"jsonrpc":"2.0","id":\#(ours),"result":{}}"#)
        #expect(newLink.responses.isEmpty)
    }
}
