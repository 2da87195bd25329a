import Testing

@testable import ProxyConfiguration

@Suite struct ToolFilterTests {
    @Test("An allow list admits the tools it names and no others")
    func allows() {
        let filter = ToolFilter(mode: .allow, names: ["a", "b"])
        #expect(filter.admits("a") && filter.admits("b") && !filter.admits("c"))
        #expect(!ToolFilter(mode: .allow, names: []).admits("a"))
    }

    @Test("A block list admits all tools but those it names")
    func blocks() {
        let filter = ToolFilter(mode: .block, names: ["a"])
        #expect(!filter.admits("a") && filter.admits("b"))
    }

    @Test("Names keep their order and are kept once")
    func keepsOrder() {
        #expect(ToolFilter(mode: .allow, names: ["b", "a", "b"]).names == ["b", "a"])
    }
}
