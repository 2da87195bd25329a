import MCPCore
import MCPTestSupport
import NIOCore
import NIOHTTP1
import Testing

@testable import MCPFrontEnd

@Suite struct ModernHeadersTests {
    @Test("The fields that repeat arguments are found in any case, with what follows the prefix, in their order")
    func parameters() {
        let headers = fields([
            ("mcp-param-a", "1"), ("MCP-PARAM-B", " 2 "), ("Mcp-Param-", "3"), ("Mcp-Paramx", "4"),
            ("Mcp-Param-a", "5"),
            ("X-Mcp-Param-a", "6"),
        ])
        let found = ModernHeaders.parameters(headers)
        #expect(found.map(\.name) == ["mcp-param-a", "mcp-param-b", "mcp-param-a"])
        #expect(found.map(\.value) == ["1", " 2 ", "5"])
    }

    @Test("Blanks around a value do not belong to it")
    func blanks() throws {
        let message = try Message(
            #"{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"v"}}}"#
        )
        let fields = fields([("MCP-Protocol-Version", " v\t"), ("Mcp-Method", "x ")])
        #expect(try ModernHeaders.check(fields, of: message) == "v")
    }

    @Test(
        "The name of what it is about is repeated for the methods that have one",
        arguments: [
            ("tools/call", #""name":"n""#, true), ("prompts/get", #""name":"n""#, true),
            ("resources/read", #""uri":"n""#, true),
            ("tools/list", #""name":"n""#, false), ("resources/read", #""name":"n""#, false),
            ("tasks/get", #""taskId":"n""#, true), ("tools/call", #""taskId":"n""#, false),
        ])
    func names(method: String, member: String, isNeeded: Bool) throws {
        let message = try Message(
            #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{\#(member),"_meta":{"io.modelcontextprotocol/protocolVersion":"v"}}}"#
        )
        var headers = [("MCP-Protocol-Version", "v"), ("Mcp-Method", method)]
        if isNeeded {
            #expect { try ModernHeaders.check(fields(headers), of: message) } throws: { _ in true }
            headers.append(("Mcp-Name", "n"))
        }
        #expect(try ModernHeaders.check(fields(headers), of: message) == "v")
    }

    private func fields(_ headers: [(String, String)]) -> HTTPRequestFields {
        HTTPRequestFields(
            HTTPRequestHead(version: .http1_1, method: .POST, uri: "/", headers: HTTPHeaders(headers)))
    }
}
