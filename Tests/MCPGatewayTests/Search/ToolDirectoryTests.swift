import MCPCore
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

/// The tools of all servers, as who operates them finds them.
@Suite struct ToolDirectoryTests {
    private static let open =
        #"[{"name":"fetch_web_page","description":"Gets a page","inputSchema":{}},"#
        + #"{"name":"send_mail","description":"Sends a mail to people","inputSchema":{}}]"#

    private func harness() throws -> MergedHarness {
        let harness = MergedHarness([("git", .legacy, []), ("hub", .legacy, [])], OfferTerms())
        harness["git"].lists["tools"] = Self.open
        harness.start()
        return harness
    }

    private func names(_ tools: [ToolDirectory.Tool]) -> [String] {
        tools.map { "\($0.server)/\(JSONText(accepted: $0.definition).root["name"]?.string ?? "")" }
    }

    @Test("All that servers list is there, in their order, as they gave it")
    func all() throws {
        let harness = try harness()
        let tools = ToolDirectory().tools(of: [Member(harness["git"].connections)])
        #expect(names(tools) == ["git/fetch_web_page", "git/send_mail"])
        #expect(tools.allSatisfy { !$0.isWithheld })
        #expect(Self.open.contains(String(buffer: tools[0].definition)))
    }

    @Test("What a filter takes away is not there, and is not found either, as soon as it is taken away")
    func filtered() throws {
        let harness = try harness()
        let directory = ToolDirectory()
        let server = harness["git"].connections
        #expect(names(directory.find("mail", limit: 5, of: [Member(server)]).tools) == ["git/send_mail"])
        let filter = ToolFilter(mode: .block, names: ["send_mail"])
        let filtered = [Member(server, toolFilter: filter)]
        #expect(names(directory.tools(of: filtered)) == ["git/fetch_web_page"])
        let found = directory.find("mail", limit: 5, of: filtered)
        #expect(found.tools.isEmpty && found.unmatched == ["mail"])
    }

    @Test("The tool that fits best comes first, and no more come than are wanted")
    func ranked() throws {
        let harness = try harness()
        let members = [Member(harness["git"].connections)]
        let found = ToolDirectory().find("send people a page", limit: 1, of: members)
        #expect(names(found.tools) == ["git/send_mail"])
        #expect(ToolDirectory().find("quagga", limit: 5, of: members).unmatched == ["quagga"])
    }
}
