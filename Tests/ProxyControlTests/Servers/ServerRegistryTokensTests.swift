import MCPFrontEnd
import MCPGateway
import MCPTestSupport
import NIOCore
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// Tokens that a reload takes away.
@Suite(.timeLimit(.minutes(1))) struct ServerRegistryTokensTests {
    private static let alice = "token-of-alice-1234567890"
    private static let bob = "token-of-bob-1234567890"

    /// One server that these may use.
    private static func configuration(_ tokens: [String], command: String = "old") -> String {
        let list = tokens.map { #""\#($0)""# }.joined(separator: ",")
        return TestProxy.configuration(
            #""git":{"command":"\#(command)","options":{"authTokens":[\#(list)]}}"#,
            proxy: #""management":{"authTokens":["token-of-the-operator-1234567890"]}"#)
    }

    @Test("A token that was taken away ends its sessions and opens nothing; those of others go on")
    func withdrawn() async throws {
        try await TestProxy.run(Self.configuration([Self.alice, Self.bob])) { proxy in
            await proxy.untilReady("git")
            let hers = try await proxy.client("git", token: Self.alice)
            let his = try await proxy.client("git", token: Self.bob)
            let herReply = try hers.call()
            _ = try await proxy.servers.calls.next()
            let hisReply = try his.call()
            let hisCall = try await proxy.servers.calls.next()
            #expect(try await proxy.status(at: "git", token: Self.alice) != 401)
            try await proxy.reload(Self.configuration([Self.bob]))
            try await hers.end()
            #expect(try await !herReply.answer.contains(#""from""#))
            #expect(try await proxy.status(at: "git", token: Self.alice) == 401)
            #expect(try await proxy.status(at: "git", token: Self.bob) != 401)
            #expect(hisReply.isOpen && !his.hasEnded)
            hisCall.answer()
            #expect(try await hisReply.answer.contains(#""from":"old""#))
        }
    }

    @Test("It does so also when the server does not start as it is changed to at the same time")
    func withdrawnThoughTheChangeFails() async throws {
        try await TestProxy.run(Self.configuration([Self.alice, Self.bob]), prepare: { $0.set("new", .fails) }) {
            proxy in
            await proxy.untilReady("git")
            let hers = try await proxy.client("git", token: Self.alice)
            let his = try await proxy.client("git", token: Self.bob)
            let report = try await proxy.reload(Self.configuration([Self.bob], command: "new"))
            #expect(report.failed.keys.sorted() == ["git"])
            try await hers.end()
            #expect(try await proxy.status(at: "git", token: Self.alice) == 401)
            #expect(try await his.call("quick").answer.contains(#""from":"old""#))
            #expect(!his.hasEnded)
        }
    }

    @Test("It does so while the new server is still starting")
    func withdrawnAtOnce() async throws {
        try await TestProxy.run(Self.configuration([Self.alice, Self.bob]), prepare: { $0.set("new", .waits) }) {
            proxy in
            await proxy.untilReady("git")
            let hers = try await proxy.client("git", token: Self.alice)
            async let reloaded = proxy.reload(Self.configuration([Self.bob], command: "new"))
            try await hers.end()
            #expect(try await proxy.status(at: "git", token: Self.alice) == 401)
            proxy.servers.start("new")
            #expect(try await reloaded.failed.isEmpty)
        }
    }

    /// One server, and a client with the right to it.
    private static func configuration(server: [String], client: [String]) -> String {
        func list(_ tokens: [String]) -> String { tokens.map { #""\#($0)""# }.joined(separator: ",") }
        return TestProxy.configuration(
            #""git":{"command":"old","options":{"authTokens":[\#(list(server))]}}"#,
            proxy: #""clients":{"c":{"tokens":[\#(list(client))],"servers":["git"]}}"#)
    }

    @Test("A token that was a client's for a while opens the server again at which it stands")
    func back() async throws {
        let atServer = Self.configuration(server: [Self.alice], client: [Self.bob])
        let atClient = Self.configuration(server: [], client: [Self.alice, Self.bob])
        try await TestProxy.run(atServer) { proxy in
            let held = await proxy.registry.find("git")?.route
            for configuration in [atClient, atServer, atClient, atServer] {
                try await proxy.reload(configuration)
                #expect(try await proxy.status(at: "git", token: Self.alice) != 401)
            }
            withExtendedLifetime(held) {}
        }
    }

    @Test("A token that stands nowhere any more is forgotten")
    func forgotten() async throws {
        try await TestProxy.run(Self.configuration(server: [Self.alice], client: [Self.bob])) { proxy in
            let credentials = proxy.composition.builder.principals.credentials
            #expect(credentials.count == 2)
            try await proxy.reload(Self.configuration(server: [], client: [Self.bob]))
            #expect(credentials.count == 1)
            #expect(try await proxy.status(at: "git", token: Self.alice) == 401)
        }
    }

    /// A server of the API takes its tokens from `mcpProxy.options`.
    private static func inherited(_ tokens: [String]) -> String {
        let list = tokens.map { #""\#($0)""# }.joined(separator: ",")
        return TestProxy.configuration(
            "",
            proxy: #""options":{"authTokens":[\#(list)]},"#
                + #""management":{"authTokens":["token-of-the-operator-1234567890"]}"#)
    }

    @Test("What a server of the API has inherited is taken away from it, too")
    func inheritedTokens() async throws {
        try await TestProxy.run(Self.inherited([Self.alice, Self.bob])) { proxy in
            try await proxy.add("mine", "mine")
            let hers = try await proxy.client("mine", token: Self.alice)
            let his = try await proxy.client("mine", token: Self.bob)
            try await proxy.reload(Self.inherited([Self.bob]))
            try await hers.end()
            #expect(try await proxy.status(at: "mine", token: Self.alice) == 401)
            #expect(try await his.call("quick").answer.contains(#""from":"mine""#))
        }
    }

    @Test("A server that asked for tokens is never open to everybody because they are gone")
    func neverOpen() async throws {
        try await TestProxy.run(Self.inherited([Self.alice])) { proxy in
            try await proxy.add("mine", "mine")
            let hers = try await proxy.client("mine", token: Self.alice)
            try await proxy.reload(Self.inherited([]))
            try await hers.end()
            #expect(await proxy.registry.report(of: "mine")?.status.state == .disabled)
            #expect(try await proxy.status(at: "mine") == 404)
        }
    }
}
