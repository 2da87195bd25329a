import Testing

@testable import MCPFrontEnd

@Suite struct PathEncodingTests {
    @Test(
        "A name is written so that its path finds it again",
        arguments: [("fetch", "fetch"), ("a/b-c_d", "a/b-c_d"), ("two words", "two%20words"), ("café", "caf%C3%A9")])
    func encoded(name: String, path: String) throws {
        #expect(PathEncoding.encode(name) == path)
        #expect(try RequestTarget("/\(path)/mcp").path == "/\(name)/mcp")
    }
}
