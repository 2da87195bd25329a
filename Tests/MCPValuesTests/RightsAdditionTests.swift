import Testing

@testable import MCPValues

@Suite struct RightsAdditionTests {
    private let rights = Rights(
        servers: NamePatterns(["git"]), groups: .named(NamePatterns([])),
        tools: ToolRights(NamePatterns(["git__log"]), isReadOnly: true), management: .read, callsPerMinute: 5)

    @Test("An addition gives more and takes nothing away")
    func adds() {
        let more = rights.adding(
            RightsAddition(
                servers: ["time"], groups: ["dev"], tools: ["git__push"], liftsReadOnly: true, management: .write,
                callsPerMinute: 9))
        #expect(more.servers.texts == ["git", "time"])
        #expect(more.groups == .named(NamePatterns(["dev"])))
        #expect(more.tools == ToolRights(NamePatterns(["git__log", "git__push"])))
        #expect(more.management == .write)
        #expect(more.callsPerMinute == 9)
        #expect(rights.adding(RightsAddition()) == rights)
        #expect(rights.adding(RightsAddition(management: .none, callsPerMinute: 1)) == rights)
    }

    @Test("Who may call as often as they like is not bounded by an addition")
    func unbounded() {
        #expect(Rights().adding(RightsAddition(callsPerMinute: 1)).callsPerMinute == nil)
    }
}
