import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

/// The identifiers of tasks are worth something only to whoever created them.
@Suite struct TaskSealTests {
    private let alice = Principal(name: "alice")
    private let bob = Principal(name: "bob")
    private let seal = TaskSeal(secrets: [Principal(name: "alice"): [1, 2, 3], Principal(name: "bob"): [1, 2, 4]])
    private let route = GatewayHarness().route

    @Test(
        "Who created a task gets back the server's identifier, whatever is in it",
        arguments: [
            "t", "a.b", "", "é😀", ".", "\u{301}x", "a\"\\\n", String(repeating: "x", count: 5_000),
        ])
    func opened(id: String) {
        let sealed = seal.seal(id, route: route, for: alice)
        // An empty identifier names nothing.
        #expect(seal.open(sealed, route: route, for: alice) == (id.isEmpty ? nil : id))
        #expect(
            TaskSeal(secrets: [alice: [1, 2, 3]]).seal(id, route: route, for: alice) == sealed, "also after a restart")
    }

    @Test("Nobody else can use it, nor on another route")
    func others() {
        let sealed = seal.seal("t", route: route, for: alice)
        #expect(seal.open(sealed, route: route, for: bob) == nil)
        #expect(seal.open(sealed, route: route, for: .anonymous) == nil)
        let other = Route(
            name: "other", policy: RoutePolicy(), server: route.server,
            logger: .silent)
        #expect(seal.open(sealed, route: other, for: alice) == nil)
    }

    @Test("What was changed by one character, cut or made up is refused")
    func forged() {
        let sealed = seal.seal("task-1", route: route, for: alice)
        for index in sealed.indices {
            var forged = sealed
            forged.replaceSubrange(index...index, with: sealed[index] == "0" ? "1" : "0")
            #expect(seal.open(forged, route: route, for: alice) == nil)
        }
        for length in 0..<sealed.count {
            #expect(seal.open(String(sealed.prefix(length)), route: route, for: alice) == nil)
        }
        for text in ["", "t", ".", String(repeating: "é", count: 40), String(repeating: "0", count: 32) + ".t"] {
            #expect(seal.open(text, route: route, for: alice) == nil)
        }
    }

    @Test("A client sees only sealed identifiers, and the server only its own")
    func throughTheGateway() throws {
        let harness = GatewayHarness(era: .always(.modern))
        let (created, id) = try harness.askWithID()
        try harness.serverAnswers(id, result: #"{"resultType":"task","taskId":"\u0074-1","status":"working"}"#)
        let message = try Message(created.answers.first ?? "")
        let result = message.view(message.envelope.result)
        let sealed = try #require(result?["taskId"]?.string)
        #expect(sealed.hasSuffix(".t-1") && sealed != "t-1" && result?["status"]?.string == "working")

        let get = Ask(id: "2", method: "tasks/get", params: #""taskId":"\#(sealed)""#)
        let (reply, second) = try harness.askWithID(get)
        #expect(try harness.script.link.requests(.tasksGet).last?.message.params?["taskId"]?.string == "t-1")
        try harness.serverAnswers(second, result: #"{"resultType":"complete","taskId":"t-1","status":"completed"}"#)
        #expect(reply.answers.first?.contains(#""taskId":"\#(sealed)""#) == true)

        var stolen = get
        stolen.principal = Principal(name: "mallory")
        stolen.params = #""taskId":"t-1""#
        let before = try harness.script.link.requests(.tasksGet).count
        #expect(try harness.ask(stolen).codes == [.invalidParams])
        #expect(try harness.script.link.requests(.tasksGet).count == before && harness.gateway.calls.total == 0)
    }

    @Test("A server with a handshake has no tasks for a client without")
    func legacy() throws {
        let harness = GatewayHarness()
        let reply = try harness.ask(Ask(method: "tasks/get", params: #""taskId":"t""#))
        #expect(reply.codes == [.methodNotFound] && harness.gateway.calls.total == 0)
    }
}
