import NIOCore
import Testing

@testable import MCPCore

@Suite struct FormTextTests {
    @Test("What could end a field is encoded")
    func fields() {
        #expect(String(buffer: FormText.write([("token", Array("a&b=c d+é".utf8))])) == "token=a%26b%3Dc%20d%2B%C3%A9")
    }

    @Test("A colon in the name of a client is no end of it")
    func credentials() {
        #expect(FormText.basicCredentials("a:b", "c d") == "Basic YSUzQWI6YyUyMGQ=")
    }
}
