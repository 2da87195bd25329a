import Testing

@testable import MCPCore

@Suite struct JSONErrorTests {
    @Test("An error says what is wrong and where")
    func words() {
        #expect(JSONError(.trailingBytes, at: 7).description == "more text after the value at byte 7")
    }
}
