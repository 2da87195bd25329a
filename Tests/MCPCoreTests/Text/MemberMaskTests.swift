import MCPCore
import NIOCore
import Testing

@Suite struct MemberMaskTests {
    private func masked(
        _ json: String, _ secrets: [String] = [], hidesNamed: Bool = true, keepsSchemas: Bool = false
    ) throws -> String {
        var mask = MemberMask(secrets: secrets, hidesNamed: hidesNamed)
        mask.keepsSchemas = keepsSchemas
        return String(buffer: mask.masked(try JSONText(scanning: ByteBuffer(string: json)).root))
    }

    @Test("Members are hidden whose names say that they hold secrets, and nothing else is changed")
    func names() throws {
        #expect(
            try masked(#"{"a":[{"api_key":"v1"}],"Authorization":{"b":1},"n":1.50}"#)
                == #"{"a":[{"api_key":"***"}],"Authorization":"***","n":1.50}"#)
        #expect(try masked(#"{"progressToken":7}"#) == #"{"progressToken":7}"#)
        #expect(try masked(#"{"api_key":"v1"}"#, hidesNamed: false) == #"{"api_key":"v1"}"#)
    }

    @Test("Known secrets are hidden however they are spelt, as values, in names and in numbers")
    func secrets() throws {
        for json in [#"{"a":"x s3cret-1 y"}"#, #"{"a":"x s3cret\u002d1 y"}"#, #"{"a":"x \u00733cret-1 y"}"#] {
            #expect(try masked(json, ["s3cret-1"], hidesNamed: false) == #"{"a":"x … y"}"#)
        }
        #expect(try masked(#"{"s3cret-1":1}"#, ["s3cret-1"], hidesNamed: false) == #"{"…":1}"#)
        #expect(
            try masked(#"{"one":1,"two":{"two":2,"one 2":3,"one":4},"…":5}"#, ["one", "two"], hidesNamed: false)
                == #"{"… 2":1,"… 3":{"…":2,"… 2":3,"… 3":4},"…":5}"#, "no two members have the same name after it")
        #expect(try masked(#"[123456789]"#, ["345678"], hidesNamed: false) == #"["12…9"]"#)
    }

    @Test("What stands in the schemas of tools says how arguments are called, and stays where that is asked for")
    func schemas() throws {
        let tool = #"{"name":"log_in","inputSchema":{"properties":{"password":{"type":"string"}}}}"#
        #expect(try masked(tool, keepsSchemas: true) == tool)
        #expect(try masked(tool) == #"{"name":"log_in","inputSchema":{"properties":{"password":"***"}}}"#)
        #expect(
            try masked(#"{"inputSchema":{"password":"x"},"password":{"a":1}}"#, keepsSchemas: true)
                == #"{"inputSchema":{"password":"***"},"password":"***"}"#)
    }

    @Test("A text that is JSON itself is looked into, and stays as it is where nothing in it is hidden")
    func texts() throws {
        #expect(try masked(#"{"text":"{\"password\": \"v1\"}"}"#) == #"{"text":"{\"password\":\"***\"}"}"#)
        #expect(try masked(#"{"text":"[{\"a\": \"Bearer v1\"}]"}"#) == #"{"text":"[{\"a\":\"***\"}]"}"#)
        #expect(try masked(#"{"text":"{\"a\": 1}"}"#) == #"{"text":"{\"a\": 1}"}"#)
        #expect(try masked(#"{"text":"{\"password\": \"v1"}"#) == #"{"text":"{\"password\": \"v1"}"#)
        #expect(try masked(#"{"text":"{\"password\":1}"}"#, hidesNamed: false) == #"{"text":"{\"password\":1}"}"#)
    }

    @Test("The result stands on one line")
    func oneLine() throws {
        #expect(try masked("{\"a\":\n1}", hidesNamed: false) == #"{"a": 1}"#)
        #expect(try masked("{\"a\":\n1}") == #"{"a":1}"#)
    }
}
