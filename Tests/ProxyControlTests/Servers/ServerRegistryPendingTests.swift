import MCPFrontEnd
import MCPGateway
import MCPTestSupport
import MCPValues
import NIOCore
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// Changes that wait for a server, while what they were allowed by changes, or something newer is asked for.
@Suite(.timeLimit(.minutes(1))) struct ServerRegistryPendingTests {
    private static let first = "token-of-the-operator-1234567890"
    private static let second = "token-of-the-operator-0987654321"
    private static let silent = "https://silent.example/mcp"
    private static let remote = #"{"url":"\#(silent)"}"#

    private static func managed(
        _ token: String, _ rules: String = "", servers: String = #""git":{"command":"old"}"#
    ) -> String {
        TestProxy.configuration(servers, proxy: #""management":{"authTokens":["\#(token)"]\#(rules)}"#)
    }

    /// How a change is asked for.
    enum Way: CaseIterable {
        case add, replace, replaceElsewhere, enable, bring
    }

    private func ask(_ way: Way, _ proxy: TestProxy, as caller: ManagementCaller) async throws {
        let configuration = ByteBuffer(string: Self.remote)
        switch way {
        case .add: _ = try await proxy.registry.add("new", configuration, for: caller)
        case .replace: _ = try await proxy.registry.replace("mine", configuration, for: caller)
        case .replaceElsewhere:
            let text = #"{"url":"\#(Self.silent)","isolation":"shared"}"#
            _ = try await proxy.registry.replace("mine", ByteBuffer(string: text), for: caller)
        case .enable: _ = try await proxy.registry.setEnabled("off", true, for: caller)
        case .bring: _ = try await proxy.registry.open(configuration, isShared: false, for: caller)
        }
    }

    /// Adds what the ways start from.
    private func prepare(_ proxy: TestProxy, as caller: ManagementCaller) async throws {
        for (name, text) in [
            ("mine", #"{"url":"https://mine.example/mcp"}"#),
            ("off", #"{"url":"\#(Self.silent)","options":{"disabled":true}}"#),
        ] {
            _ = try await proxy.registry.add(name, ByteBuffer(string: text), for: caller)
        }
    }

    @Test(
        "A change whose right is gone while its server starts is not made, and its link is closed",
        arguments: Way.allCases,
        [
            managed(second), managed(first, #","remote":"deny","adHoc":"deny""#),
        ])
    func rightGone(way: Way, then configuration: String) async throws {
        try await TestProxy.run(Self.managed(Self.first), prepare: { $0.set(Self.silent, .waits) }) { proxy in
            let caller = ManagementCaller(principal: proxy.principal(of: Self.first), right: .execute)
            try await prepare(proxy, as: caller)
            let before = Set(await proxy.registry.reports().map(\.name))
            async let asked: Void = ask(way, proxy, as: caller)
            while try await proxy.servers.made.next() != Self.silent {}
            try await proxy.reload(configuration)
            do {
                try await asked
                Issue.record("it was made")
            } catch let refusal as ManagementRefusal {
                #expect(refusal.kind == .forbidden)
            }
            while try await proxy.servers.closed.next() != Self.silent {}
            proxy.servers.start(Self.silent)
            #expect(Set(await proxy.registry.reports().map(\.name)) == before)
            #expect(await proxy.registry.report(of: "off")?.status.state == .disabled)
            let mine = await proxy.registry.servers["mine"]?.settings.transport.description
            #expect(mine?.contains("mine.example") == true)
            #expect(await proxy.registry.pending.isEmpty)
        }
    }

    @Test("Without a token nothing that was begun is made once there are tokens")
    func tokensCame() async throws {
        let nobody = ManagementCaller(principal: .anonymous, right: .none)
        let open = TestProxy.configuration(#""git":{"command":"old"}"#)
        try await TestProxy.run(open, prepare: { $0.set(Self.silent, .waits) }) { proxy in
            async let asked: Void = ask(.add, proxy, as: nobody)
            while try await proxy.servers.made.next() != Self.silent {}
            try await proxy.reload(Self.managed(Self.first))
            do {
                try await asked
                Issue.record("it was made")
            } catch let refusal as ManagementRefusal {
                #expect(refusal.kind == .forbidden)
            }
            #expect(try await proxy.status(at: "new") == 404)
        }
    }

    @Test("A change whose right still holds is made, with the tokens that hold by then")
    func rightHolds() async throws {
        func text(_ tokens: String) -> String {
            TestProxy.configuration(
                "",
                proxy: #""options":{"authTokens":[\#(tokens)]},"management":{"authTokens":["\#(Self.first)"]}"#)
        }
        let (alice, bob) = (#""token-of-alice-1234567890""#, #""token-of-bob-1234567890""#)
        try await TestProxy.run(text("\(alice),\(bob)"), prepare: { $0.set(Self.silent, .waits) }) { proxy in
            let caller = ManagementCaller(principal: proxy.principal(of: Self.first), right: .execute)
            async let asked: Void = ask(.add, proxy, as: caller)
            while try await proxy.servers.made.next() != Self.silent {}
            try await proxy.reload(text(bob))
            proxy.servers.start(Self.silent)
            try await asked
            #expect(try await proxy.status(at: "new", token: "token-of-alice-1234567890") == 401)
            #expect(try await proxy.status(at: "new", token: "token-of-bob-1234567890") != 401)
        }
    }

    @Test("A change of a server that hangs is ended by one that stops or restarts the server", arguments: 0..<3)
    func overtaken(index: Int) async throws {
        try await TestProxy.run(TestProxy.configuration(""), prepare: { $0.set("new", .waits) }) { proxy in
            try await proxy.add("git", "old")
            async let replaced = proxy.replace("git", #"{"command":"new"}"#)
            while try await proxy.servers.made.next() != "new" {}
            try await Self.overtaking[index](proxy)
            do {
                _ = try await replaced
                Issue.record("it was made")
            } catch let refusal as ManagementRefusal {
                #expect(refusal.kind == .conflict)
            }
            while try await proxy.servers.closed.next() != "new" {}
            #expect(await proxy.registry.servers["git"]?.settings.transport.description != "stdio new")
        }
    }

    private static let overtaking: [@Sendable (TestProxy) async throws -> Void] = [
        { _ = try await $0.registry.remove("git", for: TestProxy.operatorsToken) },
        { _ = try await $0.registry.restart("git", for: TestProxy.operatorsToken) },
        { _ = try await $0.registry.setEnabled("git", false, for: TestProxy.operatorsToken) },
    ]

    @Test("A server that is being added is ended by its removal")
    func removedWhileAdded() async throws {
        try await TestProxy.run(TestProxy.configuration(""), prepare: { $0.set("new", .waits) }) { proxy in
            async let added = proxy.add("git", "new")
            while try await proxy.servers.made.next() != "new" {}
            #expect(try await proxy.registry.remove("git", for: TestProxy.operatorsToken) == 0)
            do {
                _ = try await added
                Issue.record("it was added")
            } catch let refusal as ManagementRefusal {
                #expect(refusal.kind == .conflict)
            }
            #expect(await proxy.registry.reports().isEmpty)
        }
    }

    private static func configuration(_ tokens: [String], slow: String) -> String {
        let list = tokens.map { #""\#($0)""# }.joined(separator: ",")
        return TestProxy.configuration(
            #""git":{"command":"old","options":{"authTokens":[\#(list)]}},"slow":{"command":"\#(slow)"}"#)
    }

    @Test("While a reload waits for a server, the next one is read and takes tokens away at once")
    func nextReload() async throws {
        let (alice, bob) = ("token-of-alice-1234567890", "token-of-bob-1234567890")
        let before = Self.configuration([alice, bob], slow: "before")
        try await TestProxy.run(before, prepare: { $0.set("never", .waits) }) { proxy in
            await proxy.untilReady("git")
            await proxy.untilReady("slow")
            async let earlier = proxy.reload(Self.configuration([alice, bob], slow: "never"))
            while try await proxy.servers.made.next() != "never" {}
            try await proxy.reload(Self.configuration([bob], slow: "never"))
            #expect(try await proxy.status(at: "git", token: alice) == 401)
            #expect(try await proxy.status(at: "git", token: bob) != 401)
            #expect(try await earlier.failed.keys.sorted() == ["slow"])
            #expect(await proxy.registry.report(of: "slow")?.status.pendingChange != nil)
            #expect(try await proxy.client("slow").call("quick").answer.contains(#""from":"before""#))
            try await proxy.reload(Self.configuration([bob], slow: "before"))
            #expect(await proxy.registry.servers["slow"]?.awaited == nil)
        }
    }
}
