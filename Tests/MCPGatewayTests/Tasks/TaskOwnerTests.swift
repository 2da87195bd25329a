import MCPCore
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

/// Whatever a server says of tasks, each caller learns only of its own, and can name only its own.
@Suite struct TaskOwnerTests {
    private let alice = Principal(name: "alice")
    private let mallory = Principal(name: "mallory")

    private func harness(_ isolation: Isolation = .shared, era: Era = .legacy) -> GatewayHarness {
        let seal = TaskSeal(secrets: [alice: [1], mallory: [2]])
        return GatewayHarness(isolation: isolation, era: .always(era), taskSeal: seal)
    }

    private func request(_ method: String, _ params: String, id: Int = 1) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{\#(params)}}"#
    }

    /// The identifier that a client gets for a task which a call of its own creates.
    private func created(_ id: String, by client: TestClient, in harness: GatewayHarness) throws -> String {
        let (reply, call) = try client.callWithID(request("tools/call", #""name":"t","task":{}"#))
        try harness.serverAnswers(call, result: #"{"task":{"taskId":"\#(id)","status":"working"}}"#)
        let answer = try Message(reply.answers.first ?? "")
        return try #require(answer.view(answer.envelope.result)?["task"]?["taskId"]?.string)
    }

    // MARK: Clients and servers with sessions

    @Test(
        "A session gets and names sealed identifiers, and the server its own",
        arguments: ["tasks/get", "tasks/result", "tasks/cancel", "tasks/later", "vendor/ask"])
    func legacy(method: String) throws {
        let harness = harness()
        let client = try harness.open(alice)
        let sealed = try created("t-1", by: client, in: harness)
        #expect(sealed.hasSuffix(".t-1"))
        let (reply, id) = try client.callWithID(request(method, #""taskId":"\#(sealed)""#, id: 2))
        #expect(try client.link.sent.last?.message.params?["taskId"]?.string == "t-1")
        try harness.serverAnswers(
            id, result: #"{"taskId":"t-1","_meta":{"io.modelcontextprotocol/related-task":{"taskId":"t-1"}}}"#)
        let answer = try #require(reply.answers.first)
        #expect(answer.ranges(of: #""taskId":"\#(sealed)""#).count == 2 && !answer.contains(#""t-1""#))
    }

    @Test(
        "Nobody can name a task of somebody else, neither as the server nor as its owner does",
        arguments: ["tasks/get", "tasks/result", "tasks/cancel", "tasks/later", "vendor/ask"])
    func stolen(method: String) throws {
        let harness = harness()
        let owner = try harness.open(alice)
        let sealed = try created("t-1", by: owner, in: harness)
        let thief = try harness.open(mallory)
        let before = try thief.link.sent.count
        for id in ["t-1", sealed, "", String(sealed.dropLast())] {
            let reply = try thief.call(request(method, #""taskId":"\#(id)""#))
            #expect(reply.answers.first?.contains("-32602") == true, "\(id)")
            let related = #""_meta":{"io.modelcontextprotocol/related-task":{"taskId":"\#(id)"}}"#
            #expect(try thief.call(request("tools/call", related)).answers.first?.contains("-32602") == true)
        }
        #expect(try thief.call(request("tasks/get", #""taskId":7"#)).answers.first?.contains("-32602") == true)
        #expect(try thief.call(request("tasks/get", "")).answers.first?.contains("-32602") == true)
        try thief.notify(#"{"jsonrpc":"2.0","method":"notifications/tasks/status","params":{"taskId":"t-1"}}"#)
        #expect(try thief.link.sent.count == before && harness.gateway.calls.total == 0)
    }

    @Test("A list shows each caller its own tasks, under names of its own")
    func lists() throws {
        let harness = harness()
        let (first, second) = (try harness.open(alice), try harness.open(mallory))
        let (mine, other) = (try created("t-1", by: first, in: harness), try created("t-2", by: second, in: harness))
        let tasks =
            #"{"tasks":[{"taskId":"t-1","status":"working"}, {"status":"x","taskId":"t-2"},{"taskId":"t-3"},{"taskId":7},{}]"#
            + #","nextCursor":"c"}"#
        for (client, sealed, rest) in [
            (first, mine, #"{"taskId":"\#(mine)","status":"working"}"#),
            (second, other, #"{"status":"x","taskId":"\#(other)"}"#),
        ] {
            let (reply, id) = try client.callWithID(request("tasks/list", "", id: 3))
            try harness.serverAnswers(id, result: tasks)
            #expect(reply.answers.first?.contains(#""result":{"tasks":[\#(rest)],"nextCursor":"c"}"#) == true)
            // What is on the list can be used.
            let (_, get) = try client.callWithID(request("tasks/get", #""taskId":"\#(sealed)""#, id: 4))
            try harness.serverAnswers(get)
        }
    }

    @Test("Who comes back with a sealed identifier after a restart has the task on its list again")
    func afterRestart() throws {
        let before = harness()
        let sealed = try created("t-1", by: before.open(alice), in: before)
        let harness = harness()
        let client = try harness.open(alice)
        let (_, get) = try client.callWithID(request("tasks/get", #""taskId":"\#(sealed)""#))
        try harness.serverAnswers(get)
        let (reply, list) = try client.callWithID(request("tasks/list", "", id: 2))
        try harness.serverAnswers(list, result: #"{"tasks":[{"taskId":"t-1"}]}"#)
        #expect(reply.answers.first?.contains(sealed) == true)
    }

    @Test("What a server tells everybody of a task reaches its owner only")
    func notifications() throws {
        let harness = harness()
        let (first, second) = (try harness.open(alice), try harness.open(mallory))
        let sealed = try created("t-1", by: first, in: harness)
        try harness.serverSays(
            #"{"jsonrpc":"2.0","method":"notifications/tasks/status","params":{"taskId":"t-1","status":"completed"}}"#)
        try harness.serverSays(
            #"{"jsonrpc":"2.0","method":"vendor/news","params":{"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"t-1"}}}}"#
        )
        #expect(first.outlet.messages.count == 2 && first.outlet.messages.allSatisfy { $0.contains(sealed) })
        #expect(second.outlet.messages.isEmpty)
        try harness.serverSays(
            #"{"jsonrpc":"2.0","method":"notifications/tasks/status","params":{"taskId":"t-9"}}"#)
        #expect(first.outlet.messages.count == 2, "nobody knows whose this is")
    }

    @Test("A question that belongs to a task names it as the client knows it, and the answer as the server does")
    func questions() throws {
        let harness = harness(.principal)
        let client = try harness.open(alice)
        let sealed = try created("t-1", by: client, in: harness)
        let related = #""_meta":{"io.modelcontextprotocol/related-task":{"taskId":"t-1"}}"#
        try harness.serverSays(request("elicitation/create", #""message":"?",\#(related)"#, id: 9), on: client.link)
        let question = try #require(client.outlet.messages.last)
        #expect(question.contains(sealed) && !question.contains(#""t-1""#))
        let id = try question.requestID
        try client.respond(
            #"{"jsonrpc":"2.0","id":\#(id),"result":{"action":"accept",\#(related.replacing("t-1", with: sealed))}}"#)
        #expect(try client.link.sent.last?.text.contains(related) == true)
    }

    @Test("A task that a client carries out for the server keeps the client's own identifier")
    func clientsTasks() throws {
        let harness = harness(.principal)
        let client = try harness.open(alice)
        try harness.serverSays(request("tasks/get", #""taskId":"mine""#, id: 9), on: client.link)
        let question = try #require(client.outlet.messages.last)
        #expect(question.contains(#""taskId":"mine""#))
        try client.respond(#"{"jsonrpc":"2.0","id":\#(try question.requestID),"result":{"taskId":"mine"}}"#)
        #expect(try client.link.sent.last?.text.contains(#""taskId":"mine""#) == true)
    }

    @Test("A caller is remembered a bounded number of tasks, the newest")
    func bounded() {
        let harness = GatewayHarness()
        let book = TaskBook()
        for number in 0...TaskBook.maximumCount { book.note("t-\(number)", server: harness.server, of: alice) }
        #expect(
            !book.has("t-0", server: harness.server, of: alice) && book.has("t-1", server: harness.server, of: alice))
        let newest = "t-\(TaskBook.maximumCount)"
        #expect(
            book.has(newest, server: harness.server, of: alice)
                && !book.has(newest, server: harness.server, of: mallory))
        let long = String(repeating: "x", count: TaskBook.maximumBytes + 1)
        book.note(long, server: harness.server, of: alice)
        #expect(!book.has(long, server: harness.server, of: alice))
    }

    // MARK: Clients and servers without

    @Test("A client without session sees only sealed identifiers, and the server only its own")
    func modern() throws {
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
        let status = #"{"jsonrpc":"2.0","method":"notifications/tasks/status","params":{"taskId":"t-1"}}"#
        try harness.serverSays(status, relatedTo: second)
        #expect(reply.messages.first?.contains(#""taskId":"\#(sealed)""#) == true)
        try harness.serverAnswers(second, result: #"{"resultType":"complete","taskId":"t-1","status":"completed"}"#)
        #expect(reply.answers.first?.contains(#""taskId":"\#(sealed)""#) == true)

        var stolen = get
        stolen.principal = mallory
        stolen.params = #""taskId":"t-1""#
        let before = try harness.script.link.requests(.tasksGet).count
        #expect(try harness.ask(stolen).codes == [.invalidParams])
        #expect(try harness.script.link.requests(.tasksGet).count == before && harness.gateway.calls.total == 0)
    }

    @Test("What the extension does not have is refused: a list would name the tasks of others")
    func modernLists() throws {
        let harness = GatewayHarness(era: .always(.modern))
        #expect(try harness.ask(Ask(method: "tasks/list", params: "")).codes == [.methodNotFound])
        #expect(try harness.ask(Ask(method: "tasks/later", params: "")).codes == [.invalidParams])
        #expect(try harness.ask(Ask(method: #"\u0074asks/later"#, params: "")).codes == [.invalidParams])
    }

    // MARK: Between the eras

    @Test(
        "There are no tasks between the eras",
        arguments: ["tasks/get", "tasks/result", "tasks/list", "tasks/update", "tasks/cancel", "tasks/later"])
    func betweenEras(method: String) throws {
        let legacy = GatewayHarness()
        #expect(try legacy.askWithID().1 > 0)
        #expect(try legacy.ask(Ask(method: method, params: #""taskId":"t""#)).codes == [.methodNotFound])
        let modern = GatewayHarness(era: .always(.modern))
        #expect(try modern.askWithID().1 > 0)
        let outcome = try modern.beginOpening()
        try modern.serverAnswers(
            try #require(modern.script.link.lastRequestID(.serverDiscover)),
            result: #"{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{}}}"#)
        let client = try TestClient(outcome.session, modern)
        let before = try client.link.sent.count
        #expect(try client.call(request(method, #""taskId":"t""#)).answers.first?.contains("-32601") == true)
        #expect(try client.link.sent.count == before)
    }
}
