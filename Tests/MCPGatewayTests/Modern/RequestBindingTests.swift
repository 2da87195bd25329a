import MCPCore
import NIOCore
import Testing

@testable import MCPGateway

@Suite struct RequestBindingTests {
    private func binding(_ params: String, method: String = "tools/call") throws -> RequestBinding {
        RequestBinding(
            try Message(
                ByteBuffer(string: "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":{\(params)}}")))
    }

    @Test("A request is the same again in another order and with other white space")
    func same() throws {
        #expect(try binding(#""a":1,"b":{"c":2,"d":[3]}"#) == binding(#""b":{"d":[ 3 ],"c": 2},"a":1"#))
        #expect(try binding(#""a":1"#) == binding(#""a":1,"requestState":"x","inputResponses":{},"_meta":{}"#))
    }

    @Test("It is another one when anything in it differs, also only in its spelling")
    func different() throws {
        let (first, second) = ("caf\u{E9}", "cafe\u{301}")
        #expect(try binding("\"\(first)\":1") != binding("\"\(second)\":1"))
        #expect(try binding("\"\(first)\":1,\"\(second)\":2") != binding("\"\(first)\":3,\"\(second)\":2"))
        #expect(try binding("", method: "x/\(first)") != binding("", method: "x/\(second)"))
    }
}
