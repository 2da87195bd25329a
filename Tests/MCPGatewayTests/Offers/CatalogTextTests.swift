import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

/// Catalogs from one run to the next.
@Suite struct CatalogTextTests {
    @Test(
        "What was read in one run is listed in the next before the server is there", arguments: [Era.legacy, .modern])
    func nextRun(era: Era) throws {
        let servers = [("git", era, ["status", "log"])]
        let harness = MergedHarness(servers)
        harness["git"].instructions = "Use git."
        harness["git"].lists["resources"] = #"[{"uri":"git://a","name":"\u0061"}]"#
        harness.start()
        let text = try #require(harness["git"].connections.catalogText)
        let next = MergedHarness(servers)
        next["git"].isThere = false
        next["git"].connections.remember(text)
        next.start()
        let client = try next.open()
        #expect(try client.names() == ["git__status", "git__log"])
        #expect(try client.names(.resources) == ["git://a"])
        #expect(client.introduction?["instructions"]?.string == "## git\nUse git.")
        let former = try #require(harness["git"].connections.catalog.current)
        let known = try #require(next["git"].connections.catalog.current)
        #expect(known.changes(since: former).isEmpty)
        #expect(CatalogKind.allCases.allSatisfy { known[$0] == former[$0] })
    }

    @Test("When the server is there, what it has by then counts, and clients are told what is different")
    func isReadAgain() throws {
        let harness = MergedHarness([("git", .legacy, ["old"])])
        harness.start()
        let text = try #require(harness["git"].connections.catalogText)
        let next = MergedHarness([("git", .legacy, ["new"])])
        next["git"].isThere = false
        next["git"].connections.remember(text)
        next.start()
        let client = try next.open()
        #expect(try client.names() == ["git__old"])
        next["git"].isThere = true
        next.settle()
        #expect(try client.names() == ["git__new"])
        #expect(client.outlet.messages.filter { $0.contains("tools/list_changed") }.count == 1)
    }

    @Test(
        "What is no catalog is as good as none",
        arguments: ["", "{", "[]", #"{"version":"1999-01-01","introduction":{}}"#, #"{"version":"2025-11-25"}"#])
    func damaged(_ text: String) {
        let harness = MergedHarness([("git", .legacy, ["status"])])
        harness["git"].connections.remember(ByteBuffer(string: text))
        #expect(harness["git"].connections.catalog.current == nil)
    }
}
