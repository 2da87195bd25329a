import MCPCore
import NIOCore
import Testing

@testable import MCPGateway

@Suite struct HeldMessagesTests {
    private func message(_ number: Int, bytes: Int) throws -> Message {
        let filling = String(repeating: "x", count: bytes)
        return try Message(
            ByteBuffer(string: #"{"jsonrpc":"2.0","method":"m","params":{"n":\#(number),"x":"\#(filling)"}}"#))
    }

    @Test("Of what comes while the client is away the newest is kept, within a number of bytes")
    func bounded() throws {
        var held = HeldMessages()
        for number in 0..<5 { held.append(try message(number, bytes: HeldMessages.maximumBytes / 3)) }
        held.append(try message(9, bytes: HeldMessages.maximumBytes))
        #expect(held.takeAll().map { $0.params?["n"]?.integer } == [3, 4], "one that is too long alone is left out")
        for number in 0..<300 { held.append(try message(number, bytes: 1)) }
        #expect(held.takeAll().map { $0.params?["n"]?.integer }.first == 44)
    }
}
