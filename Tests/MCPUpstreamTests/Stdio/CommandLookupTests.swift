import Testing

@testable import MCPUpstream

@Suite struct CommandLookupTests {
    @Test("A name is found on the path, in the order of its directories")
    func path() throws {
        let found = try CommandLookup.resolve("sh", searchPath: "/no/such:/bin:/usr/bin", workingDirectory: nil)
        #expect(found == "/bin/sh")
    }

    @Test("A name with a slash is a path, relative to the working directory")
    func relative() throws {
        #expect(try CommandLookup.resolve("/bin/sh", searchPath: "", workingDirectory: nil) == "/bin/sh")
        let found = try CommandLookup.resolve("./sh", searchPath: "", workingDirectory: "/bin")
        #expect(found == "/bin/./sh")
    }

    @Test("A directory on the path that has the command's name is not the command")
    func directory() {
        #expect(throws: UpstreamFailure.self) {
            try CommandLookup.resolve("bin", searchPath: "/usr", workingDirectory: nil)
        }
    }
}
