import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPGateway

@Suite struct RequestBridgeTests {
    private static let version = #""io.modelcontextprotocol/protocolVersion":"2026-07-28""#
    private static let capabilities = #""io.modelcontextprotocol/clientCapabilities":{}"#

    @Test(
        "Who asks, and the answers to questions, are taken out; all else stays as it came",
        arguments: [
            (#"{"_meta":{%V,%C}}"#, #"{"_meta":{}}"#),
            (#"{"_meta":{%V,"k":1.0,%C},"name":"t"}"#, #"{"_meta":{"k":1.0},"name":"t"}"#),
            (#"{"name":"t","_meta":{"k":1, %V , %C}}"#, #"{"name":"t","_meta":{"k":1}}"#),
            (#"{"requestState":"s","_meta":{%V,%C}}"#, #"{"_meta":{}}"#),
            (#"{"_meta":{%V,%C},"requestState":"s"}"#, #"{"_meta":{}}"#),
            (#"{"inputResponses":{"a":{}},"_meta":{%V,%C},"requestState":"s"}"#, #"{"_meta":{}}"#),
            (#"{"inputResponses":{},"requestState":"s","_meta":{%V,%C},"name":"t"}"#, #"{"_meta":{},"name":"t"}"#),
            (#"{"name":"t","requestSt\u0061te":"s","_meta":{%C}}"#, #"{"name":"t","_meta":{}}"#),
            (
                #"{"_meta":{%V,"io.modelcontextprotocol/x":1,"io.modelcontextprotocol/subscriptionId":2}}"#,
                #"{"_meta":{"io.modelcontextprotocol/x":1,"io.modelcontextprotocol/subscriptionId":2}}"#
            ),
            (#"{"name":"t"}"#, #"{"name":"t"}"#),
        ])
    func toLegacy(params: String, expected: String) throws {
        let text = params.replacing("%V", with: Self.version).replacing("%C", with: Self.capabilities)
        let request = try Message(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":\#(text)}"#)
        let bridged = request.spliced(RequestBridge.toLegacy(request)).text
        #expect(bridged == #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":\#(expected)}"#)
        _ = try Message(bridged)
    }

    @Test("A request without parameters stays as it is")
    func withoutParams() throws {
        let request = try Message(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#)
        #expect(RequestBridge.toLegacy(request).isEmpty)
    }
}
