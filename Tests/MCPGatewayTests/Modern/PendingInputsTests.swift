import MCPCore
import MCPTestSupport
import NIOCore
import Synchronization
import Testing

@testable import MCPGateway

@Suite struct PendingInputsTests {
    private func question(id: String, answered: @escaping @Sendable (Message) -> Void = { _ in }) throws
        -> ClientQuestion
    {
        ClientQuestion(
            message: try Message(#"{"jsonrpc":"2.0","id":\#(id),"method":"roots/list"}"#), origin: nil,
            answered: answered,
            refused: { _ in })
    }

    private func request(_ responses: String) throws -> Message {
        try Message(
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","inputResponses":\#(responses)}}"#)
    }

    @Test("An answer reaches the server however deep it is, since it was accepted before")
    func deep() throws {
        let answered = Mutex(0)
        var inputs = PendingInputs()
        inputs.add(try question(id: "1") { _ in answered.withLock { $0 += 1 } })
        let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        let text =
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"inputResponses":{"input-1":{"roots":\#(deep)}}}}"#
        let request = try Message(ByteBuffer(string: text), maximumDepth: 1_000)
        inputs.give(try inputs.read(InputResponses(request)))
        #expect(answered.withLock { $0 } == 1 && inputs.isEmpty)
    }

    @Test(
        "A question is known by the server's own identifier, a number with a word before it",
        arguments: [
            (["\"name\""], ["name"]), (["7"], ["input-7"]), (["\"\""], [""]), (["1.0"], ["input-1.0"]),
            (["7", "\"input-7\""], ["input-7", "input-7-2"]), (["\"a\"", "\"\\u0061\""], ["a", "a-2"]),
            (["\"\u{e9}\"", "\"e\u{301}\""], ["\u{e9}", "e\u{301}"]),
        ])
    func keys(ids: [String], keys: [String]) throws {
        var inputs = PendingInputs()
        for id in ids { inputs.add(try question(id: id)) }
        let result = try JSONText(scanning: inputs.result(state: "s")).root
        var found: [String] = []
        result["inputRequests"]?.forEachMember { name, _ in found.append(name) }
        #expect(found.map { Array($0.utf8) } == keys.map { Array($0.utf8) })
    }

    @Test("Answers to something else are told apart from those to these questions")
    func others() throws {
        var inputs = PendingInputs()
        inputs.add(try question(id: "7"))
        #expect(try !inputs.read(InputResponses(request(#"{"input-7":{"roots":[]}}"#))).hasOthers)
        #expect(try inputs.read(InputResponses(request(#"{"input-8":1}"#))).hasOthers)
        #expect(throws: Refusal.self) { try inputs.read(InputResponses(request(#"{"input-7":1}"#))) }
    }
}
