import MCPCore
import MCPTestSupport
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

/// For whom what is listed may be kept, by what stands between a client and the proxy.
@Suite struct CacheScopeTests {
    private static let few = Principal(
        Standing(client: "few", Rights(servers: .all, tools: ToolRights(NamePatterns(["hub__push"])))))
    private static let all = Principal(Standing(client: "all", Rights(servers: .all)))

    private func scope(
        of method: String, for principal: Principal, _ narrowing: Narrowing = .none, at path: String?,
        _ harness: MergedHarness
    ) throws -> String? {
        var ask = Ask(method: method, params: "")
        ask.principal = principal
        let reply = try harness.ask(ask, narrowing, at: path.map(harness.own))
        let answer = try Message(try #require(reply.answers.first))
        return answer.view(answer.envelope.resultMembers.cacheScope?.value)?.string
    }

    @Test(
        "What everybody is listed may be kept for everybody, and what somebody had to ask for by name for nobody else")
    func principals() throws {
        let harness = MergedHarness([("hub", .modern, ["status", "push"]), ("git", .legacy, ["log"])]) {
            $0.cacheHints.isPublic = true
        }
        harness.start()
        for path in ["hub", "git", nil] {
            for method in ["tools/list", "prompts/list"] {
                #expect(
                    try scope(of: method, for: .anonymous, at: path, harness) == "public", "\(method) \(path ?? "")")
                for principal in [Self.few, Self.all, .token(number: 0)] {
                    let found = try scope(of: method, for: principal, at: path, harness)
                    #expect(found == "private", "\(method) \(path ?? "") \(principal.name)")
                }
            }
        }
        for path in ["hub", "git"] {
            #expect(try scope(of: "server/discover", for: .anonymous, at: path, harness) == "public")
            #expect(try scope(of: "server/discover", for: Self.all, at: path, harness) == "private")
        }
    }

    @Test("What somebody has asked to see less of is theirs alone")
    func narrowed() throws {
        let harness = MergedHarness([("hub", .modern, ["status", "push"])])
        harness.start()
        var narrowing = Narrowing()
        narrowing.isReadOnly = true
        #expect(try scope(of: "tools/list", for: .anonymous, narrowing, at: nil, harness) == "private")
    }
}
