import MCPFrontEnd
import MCPGateway
import MCPTestSupport
import NIOCore
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// Servers that are offered together, while they and the configuration change.
@Suite(.timeLimit(.minutes(1))) struct ServerRegistryGroupsTests {
    private static let alice = "token-of-alice-1234567890"
    private static let group = "token-of-the-group-1234567890"
    private static let management = #""management":{"authTokens":["token-of-the-operator-1234567890"]}"#

    private static func server(_ name: String, _ command: String? = nil, _ options: String = "") -> String {
        #""\#(name)":{"command":"\#(command ?? name)","options":{\#(options)}}"#
    }

    private static func configuration(_ servers: String..., groups: String = "") -> String {
        TestProxy.configuration(
            servers.joined(separator: ","), proxy: #"\#(management),"groups":{\#(groups)}"#)
    }

    private func members(_ proxy: TestProxy, _ name: String = "") -> [String] {
        proxy.route(name)?.members.map(\.server.name) ?? []
    }

    @Test(
        "Enabled servers are offered in the order of the configuration, then those of the API by name, and none of a session"
    )
    func order() async throws {
        let off = Self.server("off", nil, #""disabled":true"#)
        try await TestProxy.run(Self.configuration(Self.server("z"), off, Self.server("a"))) { proxy in
            #expect(members(proxy) == ["z", "a"])
            try await proxy.add("m", "m")
            try await proxy.add("b", "b")
            _ = try await proxy.registry.open(
                ByteBuffer(string: #"{"command":"brought"}"#), isShared: false, for: TestProxy.operatorsToken)
            #expect(members(proxy) == ["z", "a", "b", "m"])
            _ = try await proxy.registry.setEnabled("z", false, for: TestProxy.operatorsToken)
            _ = try await proxy.registry.remove("m", for: TestProxy.operatorsToken)
            #expect(members(proxy) == ["a", "b"])
            _ = try await proxy.registry.setEnabled("off", true, for: TestProxy.operatorsToken)
            #expect(members(proxy) == ["off", "a", "b"])
            _ = try await proxy.registry.setEnabled("z", true, for: TestProxy.operatorsToken)
            #expect(members(proxy) == ["z", "off", "a", "b"])
            try await proxy.reload(Self.configuration(Self.server("a"), Self.server("z"), off))
            #expect(members(proxy) == ["a", "z", "off", "b"])
        }
    }

    @Test("The endpoint for all servers is described under the name of its path, and is no group to change")
    func endpointReport() async throws {
        try await TestProxy.run(Self.configuration(Self.server("a"), Self.server("b"))) { proxy in
            let report = try #require(await proxy.registry.groupReport(of: "mcp"))
            #expect(report.name == "mcp" && report.path == "/" && report.offered.servers.map(\.name) == ["a", "b"])
            #expect(await proxy.registry.groupReports().isEmpty)
            #expect(await proxy.registry.groupReport(of: "") == nil)
            let configuration = ByteBuffer(string: "{}")
            await #expect(throws: ManagementRefusal.self) {
                _ = try await proxy.registry.putGroup("mcp", configuration, for: TestProxy.operatorsToken)
            }
            await #expect(throws: ManagementRefusal.self) {
                try await proxy.registry.removeGroup("mcp", for: TestProxy.operatorsToken)
            }
            #expect(members(proxy) == ["a", "b"])
        }
    }

    @Test("A group offers what its patterns name, in their order, and comes, changes and goes with a reload")
    func patterns() async throws {
        let servers = ["a1", "b", "a2", "c"].map { Self.server($0) }.joined(separator: ",")
        try await TestProxy.run(Self.configuration(servers, groups: #""g":{"servers":["c","a*","!a2"]}"#)) { proxy in
            #expect(members(proxy, "g") == ["c", "a1"])
            let offer = proxy.route("g")
            try await proxy.reload(Self.configuration(servers, groups: #""g":{"servers":["*","!b"]}"#))
            #expect(members(proxy, "g") == ["a1", "a2", "c"])
            #expect(proxy.route("g") === offer)
            let client = try await proxy.client("g")
            try await proxy.reload(Self.configuration(servers, groups: #""h":{}"#))
            try await client.end()
            #expect(proxy.route("g") == nil && members(proxy, "h").count == 4)
            #expect(try await proxy.status(at: "g") == 404)
        }
    }

    @Test("Who may use a server is who has one of its tokens; where a group has tokens of its own, these alone decide")
    func access() async throws {
        let hers = Self.server("hers", nil, #""authTokens":["\#(Self.alice)"]"#)
        let groups = #""all":{},"only":{"servers":["hers*"]},"own":{"options":{"authTokens":["\#(Self.group)"]}}"#
        try await TestProxy.run(Self.configuration(hers, Self.server("open"), groups: groups)) { proxy in
            let alice = proxy.principal(of: Self.alice)
            #expect(proxy.route("all")?.members.map(\.access) == [.holders([alice]), .everybody])
            #expect(proxy.route("own")?.members.map(\.access) == [.everybody, .everybody])
            var refused: [Int] = []
            for (name, token) in [("only", nil), ("only", Self.group), ("own", Self.alice)] {
                refused.append(try await proxy.status(at: name, token: token))
            }
            #expect(refused == [401, 403, 401])
            for (name, token) in [("only", Self.alice), ("all", nil), ("all", Self.alice), ("own", Self.group)] {
                let status = try await proxy.status(at: name, token: token)
                #expect(![401, 403, 404].contains(status), "\(name)")
            }
        }
    }

    @Test("A group that is given tokens of its own shows nothing more to whoever came before")
    func ownTokensLater() async throws {
        let hers = Self.server("hers", nil, #""authTokens":["\#(Self.alice)"]"#)
        let open = Self.server("open")
        try await TestProxy.run(Self.configuration(hers, open, groups: #""g":{}"#)) { proxy in
            let before = proxy.route("g")
            let client = try await proxy.client("g")
            let own = #""g":{"options":{"authTokens":["\#(Self.group)"]}}"#
            try await proxy.reload(Self.configuration(hers, open, groups: own))
            try await client.end()
            #expect(proxy.route("g") !== before)
            #expect(before?.members.first?.access == .holders([proxy.principal(of: Self.alice)]))
            #expect(try await proxy.status(at: "g") == 401)
        }
    }

    @Test("A server whose key may hold a token is offered only where it is named, also where it asks for another one")
    func secretKeys() async throws {
        let servers = [
            Self.server("f/secret", "f"), Self.server("g/secret", "g", #""authTokens":["\#(Self.alice)"]"#),
            Self.server("open"),
        ].joined(separator: ",")
        try await TestProxy.run(
            Self.configuration(servers, groups: #""named":{"servers":["f/*"]},"most":{"servers":["*","f*","!open"]}"#)
        ) { proxy in
            #expect(members(proxy) == ["open"])
            #expect(members(proxy, "most").isEmpty)
            #expect(members(proxy, "named") == ["f/secret"])
            #expect(proxy.route("named")?.members.map(\.prefix) == ["f"])
        }
    }

    @Test("A server that takes the place of another is called from then on, and calls of the other one finish")
    func replaced() async throws {
        func git(_ command: String, _ isolation: String) -> String {
            #""git":{"command":"\#(command)","isolation":"\#(isolation)"}"#
        }
        try await TestProxy.run(Self.configuration(git("old", "shared"))) { proxy in
            await proxy.untilReady("git")
            let client = try await proxy.client("")
            let before = try client.call("git__t")
            let call = try await proxy.servers.calls.next()
            async let reloaded = proxy.reload(Self.configuration(git("new", "session")))
            let old = proxy.route("")?.members.first?.server
            await proxy.until { members($0) == ["git"] && $0.route("")?.members.first?.server !== old }
            #expect(try await client.call("git__quick").answer.contains(#""from":"new""#))
            #expect(before.isOpen)
            call.answer()
            #expect(try await before.answer.contains(#""from":"old""#))
            #expect(try await reloaded.failed.isEmpty)
            #expect(!client.hasEnded)
        }
    }

    @Test(
        "A token that is taken away takes the servers away that it opened, and ends the session of whom nothing is left"
    )
    func withdrawn() async throws {
        func text(_ token: String) -> String {
            Self.configuration(
                Self.server("hers", nil, #""authTokens":["\#(token)"]"#), Self.server("open"),
                groups: #""only":{"servers":["hers"]}"#)
        }
        try await TestProxy.run(text(Self.alice)) { proxy in
            await proxy.untilReady("hers")
            let client = try await proxy.client("only", token: Self.alice)
            let other = try await proxy.client("", token: Self.alice)
            #expect(try await other.call("hers__quick").answer.contains(#""from":"hers""#))
            try await proxy.reload(text("another-token-1234567890"))
            try await client.end()
            #expect(try await proxy.status(at: "only", token: Self.alice) == 403)
            #expect(try await !other.call("hers__quick").answer.contains(#""from""#))
        }
    }

    @Test("A server that somebody brings for a session changes nothing of what is offered together")
    func adHocAside() async throws {
        try await TestProxy.run(Self.configuration(Self.server("git"))) { proxy in
            let edition = proxy.route("")?.edition
            let brought = try await proxy.registry.open(
                ByteBuffer(string: #"{"command":"brought"}"#), isShared: false, for: TestProxy.operatorsToken)
            await proxy.registry.close(brought.offer)
            #expect(proxy.route("")?.edition == edition && edition != nil)
        }
    }

    @Test("The endpoint for all servers goes and comes with its key")
    func endpoint() async throws {
        func text(_ isEnabled: Bool) -> String {
            TestProxy.configuration(
                Self.server("git"), proxy: #"\#(Self.management),"endpoint":{"enabled":\#(isEnabled)}"#)
        }
        try await TestProxy.run(text(true)) { proxy in
            let client = try await proxy.client("")
            try await proxy.reload(text(false))
            try await client.end()
            #expect(proxy.route("") == nil)
            try await proxy.reload(text(true))
            #expect(members(proxy) == ["git"])
        }
    }
}
