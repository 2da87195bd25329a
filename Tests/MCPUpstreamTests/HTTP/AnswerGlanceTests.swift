import NIOCore
import Testing

@testable import MCPUpstream

@Suite struct AnswerGlanceTests {
    @Test(
        "A response is told from other messages",
        arguments: [
            (#"{"result":{"a":[1]},"jsonrpc":"2.0","id":1}"#, true),
            (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, true),
            (#" { "jsonrpc" : "2.0", "id":"a\"b", "error": {}}"#, true),
            (#"{"id":1,"_meta":{"x":[]},"jsonrpc":"2.0","result":{}}"#, true),
            (#"{"r\u0065sult":{},"id":1,"jsonrpc":"2.0"}"#, true),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, false),
            (#"{"jsonrpc":"2.0","params":{"result":1},"method":"x"}"#, false),
            (#"{"method":"x","params":{},"jsonrpc":"2.0"}"#, false),
            (#"[{"jsonrpc":"2.0","method":"x"},{"jsonrpc":"2.0","id":1,"result":{}}]"#, true),
            (#"[{"jsonrpc":"2.0","method":"x"}]"#, false),
            ("[]", false), ("{", false), ("", false), ("nonsense", false), ("{}", false), (#"{"id":1}"#, false),
        ])
    func glances(message: String, isResponse: Bool) {
        #expect(AnswerGlance.isResponse(ByteBuffer(string: message), maximumDepth: 128) == isResponse)
    }
}
