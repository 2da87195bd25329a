import Testing

@testable import MCPCore

@Suite struct ErrorCodeTests {
    @Test("The proxy's own codes lie outside the range that JSON-RPC reserves")
    func ownCodes() {
        let own: [ErrorCode] = [
            .serverUnavailable, .serverLost, .serverTimeout, .overloaded, .shuttingDown, .invalidAnswer,
        ]
        #expect(own.allSatisfy { !(-32768 ... -32000).contains($0.rawValue) })
        #expect(Set(own).count == own.count)
    }
}
