import MCPCore
import MCPValues
import Testing

@testable import MCPGateway

/// What the operator is told of what is offered.
@Suite struct OfferReportTests {
    @Test("Everything that a server has is offered under a name, or hidden by a rule that is told")
    func report() throws {
        var terms = OfferTerms()
        terms.tools = NamePatterns(["*", "!git__log"])
        terms.prompts = NamePatterns(["none"])
        terms.overrides = [ToolOverride(tool: "git__gone", name: "x")]
        let harness = MergedHarness([("git", .legacy, ["status", "log"]), ("hub", .legacy, ["a.b"])], terms)
        harness["git"].lists["prompts"] = #"[{"name":"commit"}]"#
        harness["hub"].lists["resources"] = #"[{"uri":"hub://a","name":"a"}]"#
        harness.start()
        let report = harness.offer.report()
        #expect(report.servers.map(\.name) == ["git", "hub"] && report.servers.allSatisfy(\.isKnown))
        #expect(report.entries.map(\.offered).contains("git__status"))
        let changed = try #require(report.entries.first { $0.name == "a.b" })
        #expect(changed.offered.hasPrefix("hub__a_b_") && changed.server == "hub" && changed.list == "tools")
        #expect(report.entries.contains { $0.offered == "hub://a" })
        #expect(report.hidden.map(\.rule) == [#"tools: "!git__log""#, "prompts: no pattern matches"])
        #expect(report.findings.contains { $0.contains("git__gone") })
        #expect(report.findings.contains { $0.contains(#""none" in prompts"#) })
    }

    @Test("Of two that would have one name the first is offered, and the second told")
    func collision() {
        var terms = OfferTerms()
        terms.naming = .never
        let harness = MergedHarness([("a", .legacy, ["same"]), ("b", .modern, ["same", "own"])], terms)
        harness.start()
        let report = harness.offer.report()
        #expect(report.entries.filter { $0.list == "tools" }.map(\.offered) == ["same", "own"])
        #expect(report.hidden.map(\.rule) == ["another member has the name"])
        #expect(report.findings.contains { $0.contains("\"same\"") && $0.contains("\"b\"") })
    }
}
