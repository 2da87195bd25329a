import MCPCore
import MCPTestSupport
import MCPValues
import Testing

@testable import MCPGateway

/// What a search tells of tools that the client is not offered: nothing.
@Suite struct SearchSecrecyTests {
    private static let open =
        #"[{"name":"fetch_web_page","description":"Gets a page","inputSchema":{}},"#
        + #"{"name":"send_mail","description":"Sends a mail to people","inputSchema":{}}"#
    private static let secret =
        #"{"name":"webpage_mail_mail","description":"Sendmail and mail of the quagga","inputSchema":{},"annotations":{"title":"Page page"}}"#
    private static let queries = ["sendmail", "webpage", "fetch the page", "mail quagga", "send mail page", "people"]
    private static let holder = Principal.token(number: 1)

    /// Why a client is not offered the tool of which the search must not tell.
    enum Reason: CaseIterable {
        case token, serversFilter, groupsFilter, readOnly, narrowedServers, narrowedTools, narrowedToReadOnly
    }

    private func answers(hiding reason: Reason?) throws -> [String] {
        var terms = OfferTerms()
        terms.discovery = .search
        var narrowing = Narrowing()
        var filter: ToolFilter?
        switch reason {
        case .groupsFilter: terms.tools = NamePatterns(["*", "!*webpage*"])
        case .serversFilter: filter = ToolFilter(mode: .block, names: ["webpage_mail_mail"])
        case .narrowedServers: narrowing.servers = [NamePatterns(["git"])]
        case .narrowedTools: narrowing.tools = [NamePatterns(["*", "!*webpage*"])]
        case .readOnly: terms.isReadOnly = true
        case .narrowedToReadOnly: narrowing.isReadOnly = true
        case .token, nil: break
        }
        let harness = MergedHarness([("git", .legacy, []), ("hub", .legacy, [])], terms)
        let marked = Self.open.replacing(
            #""inputSchema":{}"#, with: #""inputSchema":{},"annotations":{"readOnlyHint":true}"#)
        harness["git"].lists["tools"] = marked + "]"
        if reason != nil { harness["hub"].lists["tools"] = "[\(Self.secret)]" }
        harness.members = [
            Member(harness["git"].connections),
            Member(
                harness["hub"].connections, toolFilter: filter,
                access: reason == .token ? .holders([.token(number: 0)]) : .everybody),
        ]
        harness.offer.show(harness.members, terms, logsRequests: false)
        harness.start()
        // Somebody who sees it has searched before.
        _ = try harness.open(.token(number: 0)).call("tools/call", call("webpage"))
        let client = try harness.open(Self.holder, narrowing)
        return try Self.queries.map { try #require(client.call("tools/call", call($0)).answers.first) }
    }

    private func call(_ query: String) -> String {
        #"{"name":"search_tools","arguments":{"query":"\#(query)","limit":50}}"#
    }

    @Test("A tool that a client is not offered changes no digit of any answer", arguments: Reason.allCases)
    func nothing(reason: Reason) throws {
        let alone = try answers(hiding: nil)
        #expect(alone.contains { $0.contains("score") })
        #expect(try answers(hiding: reason) == alone)
    }
}
