import Testing

@testable import MCPGateway

@Suite struct ToolFilterTests {
    @Test("An allow list admits what it names, a block list everything else")
    func admits() {
        let allow = ToolFilter(mode: .allow, names: ["a"])
        #expect(allow.admits("a") && !allow.admits("b") && !allow.admits("A") && !allow.admits("a "))
        let block = ToolFilter(mode: .block, names: ["a"])
        #expect(!block.admits("a") && block.admits("b"))
    }

    @Test("Names are compared byte by byte")
    func canonicalEquivalence() {
        let block = ToolFilter(mode: .block, names: ["caf\u{E9}"])
        #expect(!block.admits("caf\u{E9}"))
        #expect(block.admits("cafe\u{301}"), "another spelling is another tool")
        let both = ToolFilter(mode: .allow, names: ["caf\u{E9}"])
        #expect(!both.admits("cafe\u{301}"))
    }
}
