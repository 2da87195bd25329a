import MCPCore
import NIOCore
import Synchronization
import Testing

@testable import MCPGateway

@Suite struct PendingInputsTests {
    @Test("An answer reaches the server however deep it is, since it was accepted before")
    func deep() throws {
        let answered = Mutex(0)
        let question = ClientQuestion(
            message: try Message(ByteBuffer(string: #"{"jsonrpc":"2.0","id":1,"method":"roots/list"}"#)),
            origin: nil,
            answered: { _ in answered.withLock { $0 += 1 } },
            refused: { _ in })
        var inputs = PendingInputs()
        inputs.add(question)
        let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        let answer = try JSONText(scanning: ByteBuffer(string: #"{"roots":\#(deep)}"#), maximumDepth: 1_000).root
        inputs.give(["input-1": answer])
        #expect(answered.withLock { $0 } == 1 && inputs.isEmpty)
    }
}
