import MCPValues
import Testing

@testable import ProxyConfiguration

@Suite struct GroupSettingsTests {
    private func members(_ patterns: [String], of names: [String], isForOneClient: Bool = false) -> [String] {
        var group = GroupSettings(name: "g")
        group.servers = NamePatterns(patterns)
        return group.members(of: names, isForOneClient: isForOneClient) {
            ServerSettings(name: $0, transport: .unknown)
        }
    }

    @Test("Servers are offered in the order of the patterns by which they are, then in their own")
    func order() {
        #expect(members(["*"], of: ["b", "a"]) == ["b", "a"])
        #expect(members(["c", "a*", "!a2"], of: ["a1", "b", "a2", "c", "a3"]) == ["c", "a1", "a3"])
        #expect(members(["!b"], of: ["b", "a"]) == ["a"])
        #expect(members([], of: ["a"]).isEmpty)
    }

    @Test("A server with what may be a token in its name is offered only where it is named")
    func token() {
        #expect(members(["*"], of: ["fetch/3f8a9c", "team/mcp", "a"]) == ["team/mcp", "a"])
        for patterns in [["!b"], ["*", "!b"], ["**"], ["a*", "*"], ["fetch*", "a"], ["!b/c"]] {
            #expect(members(patterns, of: ["fetch/3f8a9c", "a"]) == ["a"], "\(patterns)")
        }
        #expect(members(["*", "fetch/*"], of: ["a", "fetch/3f8a9c"]) == ["a", "fetch/3f8a9c"])
        #expect(members(["fetch/*", "a"], of: ["a", "fetch/3f8a9c"]) == ["fetch/3f8a9c", "a"])
        #expect(members(["*"], of: ["fetch/3f8a9c"], isForOneClient: true) == ["fetch/3f8a9c"])
    }
}
