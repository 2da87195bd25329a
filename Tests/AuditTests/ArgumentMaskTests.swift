import MCPCore
import NIOCore
import Testing

@testable import Audit

@Suite struct ArgumentMaskTests {
    private func masked(_ arguments: AuditRules.Arguments, _ json: String, _ secrets: [String] = []) throws -> String? {
        let view = try JSONText(scanning: ByteBuffer(string: json)).root
        return ArgumentMask(arguments: arguments, secrets: secrets).masked(view).map { String(buffer: $0) }
    }

    @Test("None are kept, or all on one line")
    func plain() throws {
        #expect(try masked(.none, #"{"a":1}"#) == nil)
        #expect(try masked(.full, "{\"a\":\n1,\"password\":\"x\"}") == #"{"a": 1,"password":"x"}"#)
    }

    @Test(
        "What has the name of a secret is not kept, whatever it is",
        arguments: [
            "password", "API_KEY", "api-key", "X-Api-Key", "accessToken", "client_secret", "Cookie", "DB_PASSWORD",
        ])
    func names(name: String) throws {
        for value in [#""v1""#, #"{"a":"v1"}"#, "[1]", "7"] {
            #expect(
                try masked(.redacted, #"{"a":[{"\#(name)":\#(value)}],"b":"v2"}"#)
                    == #"{"a":[{"\#(name)":"***"}],"b":"v2"}"#)
        }
    }

    @Test("Other members stay as they are")
    func others() throws {
        let json = #"{"text":"hello","n":1.50,"list":[true,null,{"x":"\u00e9"}],"passage":"y"}"#
        #expect(try masked(.redacted, json) == json)
    }

    @Test("Tokens are not kept under any name: those of the proxy, of headers, and signed ones")
    func tokens() throws {
        #expect(try masked(.redacted, #"{"a":"my-token-1 there"}"#, ["my-token-1"]) == #"{"a":"… there"}"#)
        #expect(try masked(.redacted, #"{"a":"Bearer xyz"}"#) == #"{"a":"***"}"#)
        #expect(try masked(.redacted, #"["eyJhbGciOi.eyJzdWIi.c2ln"]"#) == #"["***"]"#)
        #expect(try masked(.redacted, #"["eyJ.no"]"#) == #"["eyJ.no"]"#)
    }
}
