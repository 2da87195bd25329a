import Testing

@testable import MCPValues

@Suite struct ToolFilterTests {
    @Test("An allow list admits what it names, a block list everything else")
    func admits() {
        let allow = ToolFilter(mode: .allow, names: ["a", "b"])
        #expect(allow.admits("a") && allow.admits("b"))
        #expect(!allow.admits("c") && !allow.admits("A") && !allow.admits("a "))
        #expect(!ToolFilter(mode: .allow, names: []).admits("a"))
        let block = ToolFilter(mode: .block, names: ["a"])
        #expect(!block.admits("a") && block.admits("b"))
    }

    @Test("Names keep their order and are kept once")
    func keepsOrder() {
        #expect(ToolFilter(mode: .allow, names: ["b", "a", "b"]).names == ["b", "a"])
    }

    /// Two texts each that Swift takes for one.
    private static let spellings = [("caf\u{E9}", "cafe\u{301}"), ("K", "\u{212A}"), ("a;b", "a\u{37E}b")]

    @Test("Each spelling of a name is another tool", arguments: spellings)
    func oneSpelling(first: String, second: String) {
        #expect(first == second, "Swift's own comparison merges them")
        let block = ToolFilter(mode: .block, names: [first])
        #expect(!block.admits(first) && block.admits(second))
        let allow = ToolFilter(mode: .allow, names: [second])
        #expect(!allow.admits(first) && allow.admits(second))
        #expect(block != ToolFilter(mode: .block, names: [second]), "a reload has to see the difference")
    }

    @Test("A list with both spellings of a name means both", arguments: spellings)
    func bothSpellings(first: String, second: String) {
        let block = ToolFilter(mode: .block, names: [first, second])
        #expect(block.names.count == 2 && !block.admits(first) && !block.admits(second))
        let allow = ToolFilter(mode: .allow, names: [second, first])
        #expect(allow.names.count == 2 && allow.admits(first) && allow.admits(second))
    }
}
