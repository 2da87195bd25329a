import Testing

@testable import MCPCore

@Suite struct ToolMarkErrorTests {
    @Test("A faulty tool and faulty arguments are told apart")
    func codes() throws {
        #expect(throws: ToolMarkError.self) { try marks(#"{"x-mcp-header":"A"}"#) }
        let valid = try #require(try marks(#"{"properties":{"a":{"type":"string","x-mcp-header":"A"}}}"#))
        let arguments = try view(#"{"a":1}"#)
        do throws(ToolMarkError) {
            _ = try valid.headers(arguments: arguments)
            Issue.record("a number is no string")
        } catch {
            #expect(error.code == .invalidArgument)
            #expect(error.reason == "the argument for Mcp-Param-A is not of type string")
        }
    }
}
