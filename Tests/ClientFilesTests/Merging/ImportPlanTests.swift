import Testing

@testable import ClientFiles

@Suite struct ImportPlanTests {
    private let servers = #"{"mcpServers": {"a": {"command": "x"}, "b": {"command": "${input:t}"}}}"#

    @Test("The first of a name counts, and a server that is there stays")
    func outcomes() throws {
        let other = try translated(#"{"mcpServers": {"a": {"command": "y"}, "c": {"command": "z"}}}"#, of: .cursor)
        let found = try translated(servers, of: .vscode) + translated(servers, of: .vscode) + other
        let plan = ImportPlan(found, existing: ["c"])
        #expect(
            plan.rows.map(\.outcome) == [.added, .unanswered, .repeated, .unanswered, .hidden, .kept])
        #expect(plan.additions.map(\.0) == ["a"])
        #expect(plan.rows.allSatisfy { !$0.words.isEmpty })
        #expect(plan.rows[1].words.contains("--input 't=…'"))
    }
}
