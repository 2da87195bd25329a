import MCPFrontEnd
import MCPGateway
import MCPUpstream
import MCPValues
import NIOCore
import Testing

@testable import ProxyControl

/// What servers are made of, and what follows from whose they are.
@Suite(.timeLimit(.minutes(1))) struct ServerBuilderTests {
    private static let configuration = TestProxy.configuration(
        #""program":{"command":"own","args":["a"],"env":{"A":"b"}},"#
            + #""web":{"url":"https://own.example/mcp","type":"http","insecureSkipVerify":true}"#)

    /// Has both kinds of servers added over the API.
    private func addBoth(_ proxy: TestProxy) async throws {
        for (name, text) in [
            ("added", #"{"command":"added"}"#), ("added-web", #"{"url":"https://added.example/mcp"}"#),
        ] {
            _ = try await proxy.registry.add(name, ByteBuffer(string: text), for: TestProxy.operatorsToken)
        }
    }

    @Test("Only the operator's own programs know the proxy's environment")
    func environment() async throws {
        try await TestProxy.run(Self.configuration) { proxy in
            try await addBoth(proxy)
            guard case .stdio(let own) = proxy.servers.address(of: "own"),
                case .stdio(let added) = proxy.servers.address(of: "added")
            else {
                Issue.record("they are programs")
                return
            }
            #expect(own.inheritsEnvironment && !added.inheritsEnvironment)
            #expect(own.arguments == ["a"] && own.environment == ["A": "b"])
        }
    }

    @Test("Only the operator's own servers may be anywhere; those of others are judged by the guard in force")
    func reach() async throws {
        try await TestProxy.run(Self.configuration) { proxy in
            try await addBoth(proxy)
            guard
                case .http(_, _, .streamableHTTP, .anywhere, let own, _) = proxy.servers.address(
                    of: "https://own.example/mcp"),
                case .http(_, _, .detect, .guarded(let gate), let added, _) = proxy.servers.address(
                    of: "https://added.example/mcp")
            else {
                Issue.record("each is where it may be")
                return
            }
            #expect(gate === proxy.composition.builder.gate)
            #expect(own.trust == .unverified)
            #expect(added.trust != .unverified)
        }
    }

    @Test("What may be called is put in force anew at every reload, and what may not be called any more is ended")
    func forbiddenConnections() async throws {
        try await TestProxy.run(Self.configuration) { proxy in
            let before = proxy.servers.timesEndedForbidden
            #expect(before == 1, "once at the start")
            try await proxy.reload(TestProxy.configuration(#""program":{"command":"own"}"#))
            #expect(proxy.servers.timesEndedForbidden == before + 1)
        }
    }

    @Test(
        "A program is shared by one principal, a remote server is each client's own, unless the configuration says so")
    func isolation() async throws {
        let text = TestProxy.configuration(
            #""a":{"command":"a"},"b":{"url":"https://b.example/"},"#
                + #""c":{"command":"c","isolation":"session"},"d":{"url":"https://d.example/","isolation":"shared"}"#)
        try await TestProxy.run(text) { proxy in
            let servers = await proxy.registry.servers
            #expect(servers["a"]?.connections.isolation == .principal)
            #expect(servers["b"]?.connections.isolation == .session)
            #expect(servers["c"]?.connections.isolation == .session)
            #expect(servers["d"]?.connections.isolation == .shared)
        }
    }

    @Test("What a server is pinned by follows from where it comes from, unless it is said, and changes in place")
    func pin() async throws {
        let text = TestProxy.configuration(
            #""a":{"command":"a"},"b":{"command":"b","pin":"block"},"c":{"command":"c","pin":"off"}"#)
        try await TestProxy.run(text) { proxy in
            _ = try await proxy.add("d", "d")
            _ = try await proxy.add("e", "e")
            _ = try await proxy.replace("e", #"{"command":"e","pin":"warn"}"#)
            let servers = await proxy.registry.servers
            #expect(servers["a"]?.connections.pins.report.mode == .warn)
            #expect(servers["b"]?.connections.pins.report.mode == .block)
            #expect(servers["c"]?.connections.pins.report.mode == .off)
            #expect(servers["d"]?.connections.pins.report.mode == .quarantine)
            #expect(servers["e"]?.connections.pins.report.mode == .warn)
            try await proxy.reload(text.replacing(#""pin":"block""#, with: #""pin":"quarantine""#))
            let reloaded = await proxy.registry.servers
            #expect(reloaded["b"]?.connections === servers["b"]?.connections)
            #expect(reloaded["b"]?.connections.pins.report.mode == .quarantine)
        }
    }

    @Test("What happens to a server stands in its journal")
    func journal() async throws {
        try await TestProxy.run(Self.configuration, prepare: { $0.set("own", .fails) }) { proxy in
            await proxy.until { await $0.registry.report(of: "program")?.status.state == .failed }
            await proxy.untilReady("web")
            let failed = await proxy.registry.journal(of: "program")?.entries ?? []
            #expect(failed.contains { $0.kind == .event && $0.text.contains("does not start") })
            let ready = await proxy.registry.journal(of: "web")?.entries ?? []
            #expect(ready.contains { $0.kind == .event && $0.text.contains("ready, protocol version 2025-11-25") })
        }
    }
}
