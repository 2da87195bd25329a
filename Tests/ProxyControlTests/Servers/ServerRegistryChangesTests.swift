import MCPFrontEnd
import MCPGateway
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import ProxyControl

/// Servers that are added, replaced, removed, started anew and left out while clients call them.
@Suite(.timeLimit(.minutes(1))) struct ServerRegistryChangesTests {
    private static let empty = TestProxy.configuration("")
    private static let git = TestProxy.configuration(#""git":{"command":"old"}"#)

    @Test("A server is published once it has completed the handshake, and not before")
    func add() async throws {
        try await TestProxy.run(Self.empty, prepare: { $0.set("new", .waits) }) { proxy in
            async let added = proxy.add("git", "new")
            #expect(try await proxy.servers.made.next() == "new")
            #expect(try await proxy.status(at: "git") == 404)
            #expect(proxy.route("git") == nil)
            proxy.servers.start("new")
            #expect(try await added.status.state == .ready)
            #expect(try await proxy.status(at: "git") != 404)
            let reply = try await proxy.client("git").call()
            try await proxy.servers.calls.next().answer()
            #expect(try await reply.answer.contains(#""from":"new""#))
        }
    }

    @Test("Of a server that does not start nothing is left, and its name is free")
    func addFails() async throws {
        try await TestProxy.run(Self.empty, prepare: { $0.set("new", .fails) }) { proxy async throws in
            let refusal = await #expect(throws: ManagementRefusal.self) { try await proxy.add("git", "new") }
            #expect(refusal?.kind == .serverFailed)
            #expect(refusal?.detail.contains("it does not start") == true)
            #expect(await proxy.registry.reports().isEmpty)
            #expect(try await proxy.status(at: "git") == 404)
            proxy.servers.set("new", .succeeds)
            #expect(try await proxy.add("git", "new").status.state == .ready)
        }
    }

    @Test("Of two servers that are added under one name at once, one is refused")
    func addTwice() async throws {
        try await TestProxy.run(Self.empty, prepare: { $0.set("new", .waits) }) { proxy in
            async let first = proxy.add("git", "new")
            #expect(try await proxy.servers.made.next() == "new")
            async let second = proxy.add("git", "other")
            proxy.servers.start("new")
            #expect(try await first.name == "git")
            do {
                _ = try await second
                Issue.record("there are two of one name")
            } catch let refusal as ManagementRefusal {
                #expect(refusal.kind == .nameTaken)
            }
            #expect(proxy.servers.made.rest.isEmpty, "the second was never started")
        }
    }

    @Test("A removed server takes no further calls, answers the one under way, and ends its sessions")
    func remove() async throws {
        try await TestProxy.run(Self.git) { proxy in
            await proxy.untilReady("git")
            let client = try await proxy.client("git")
            let reply = try client.call()
            let call = try await proxy.servers.calls.next()
            async let left = proxy.registry.remove("git", for: TestProxy.operatorsToken)
            while try await !client.call("quick").answer.contains("error") {}
            #expect(reply.isOpen && !client.hasEnded && proxy.servers.closed.rest.isEmpty)
            call.answer()
            #expect(try await left == 0)
            #expect(try await reply.answer.contains(#""from":"old""#))
            try await client.end()
            #expect(try await proxy.servers.closed.next() == "old")
            #expect(try await proxy.status(at: "git") == 404)
            #expect(await proxy.registry.report(of: "git") == nil)
        }
    }

    @Test("A server that is started anew keeps its sessions, and no call is lost")
    func restart() async throws {
        try await TestProxy.run(Self.git) { proxy in
            await proxy.untilReady("git")
            let client = try await proxy.client("git")
            let reply = try client.call()
            let call = try await proxy.servers.calls.next()
            let links = proxy.servers.made.rest.count
            let report = try await proxy.registry.restart("git", for: TestProxy.operatorsToken)
            #expect(report.status.state == .ready)
            #expect(proxy.servers.made.rest.count == links + 1)
            #expect(reply.isOpen)
            call.answer()
            #expect(try await reply.answer.contains(#""from":"old""#))
            #expect(try await proxy.servers.closed.next() == "old")
            #expect(try await client.call("quick").answer.contains(#""from":"old""#))
            #expect(!client.hasEnded)
        }
    }

    @Test("When another program takes a server's place, sessions stay open and calls under way are answered")
    func replaceProgram() async throws {
        try await TestProxy.run(Self.empty) { proxy in
            try await proxy.add("git", "old")
            let client = try await proxy.client("git")
            let reply = try client.call()
            let call = try await proxy.servers.calls.next()
            _ = try await proxy.replace("git", #"{"command":"new"}"#)
            #expect(try await client.call("quick").answer.contains(#""from":"new""#))
            #expect(reply.isOpen)
            call.answer()
            #expect(try await reply.answer.contains(#""from":"old""#))
            #expect(try await proxy.servers.closed.next() == "old")
            #expect(!client.hasEnded)
        }
    }

    @Test("Where connections cannot be kept, the new server is ready before the old one ends, after its last call")
    func replaceServer() async throws {
        try await TestProxy.run(Self.empty) { proxy in
            try await proxy.add("git", "old")
            let route = proxy.route("git")
            let client = try await proxy.client("git")
            let reply = try client.call()
            let call = try await proxy.servers.calls.next()
            async let replaced = proxy.replace("git", #"{"command":"new","isolation":"shared"}"#)
            await proxy.until { $0.route("git") !== route }
            #expect(try await proxy.client("git").call("quick").answer.contains(#""from":"new""#))
            #expect(reply.isOpen && !client.hasEnded && proxy.servers.closed.rest.isEmpty)
            call.answer()
            #expect(try await replaced.status.state == .ready)
            #expect(try await reply.answer.contains(#""from":"old""#))
            try await client.end()
            #expect(try await proxy.servers.closed.next() == "old")
        }
    }

    @Test(
        "When the new server does not start, the old one serves on as it was",
        arguments: [#"{"command":"new"}"#, #"{"command":"new","isolation":"shared"}"#])
    func replaceFails(configuration: String) async throws {
        try await TestProxy.run(Self.empty, prepare: { $0.set("new", .fails) }) { proxy in
            try await proxy.add("git", "old")
            let route = proxy.route("git")
            let client = try await proxy.client("git")
            let before = await proxy.registry.servers["git"]?.settings
            let refusal = await #expect(throws: ManagementRefusal.self) {
                try await proxy.replace("git", configuration)
            }
            #expect(refusal?.kind == .serverFailed)
            #expect(proxy.route("git") === route)
            #expect(await proxy.registry.servers["git"]?.settings == before)
            #expect(try await client.call("quick").answer.contains(#""from":"old""#))
            #expect(!client.hasEnded && proxy.servers.closed.rest.isEmpty)
        }
    }

    @Test("A server that is left out is drained and withdrawn, and comes back when it is put in")
    func disable() async throws {
        try await TestProxy.run(Self.git) { proxy in
            await proxy.untilReady("git")
            let client = try await proxy.client("git")
            var report = try await proxy.registry.setEnabled("git", false, for: TestProxy.operatorsToken)
            #expect(report.status.state == .disabled)
            try await client.end()
            #expect(try await proxy.servers.closed.next() == "old")
            #expect(try await proxy.status(at: "git") == 404)
            report = try await proxy.registry.setEnabled("git", true, for: TestProxy.operatorsToken)
            #expect(report.status.state == .ready)
            #expect(try await proxy.client("git").call("quick").answer.contains(#""from":"old""#))
        }
    }

    @Test("When the run ends, no change is made any more")
    func end() async throws {
        try await TestProxy.run(Self.git) { proxy async throws in
            await proxy.untilReady("git")
            await proxy.registry.close()
            #expect(try await proxy.servers.closed.next() == "old")
            for change in Self.changes {
                let refusal = await #expect(throws: ManagementRefusal.self) { try await change(proxy) }
                #expect(refusal?.kind == .shuttingDown)
            }
            #expect(await proxy.registry.report(of: "git") != nil)
            #expect(proxy.servers.made.rest == ["old"])
        }
    }

    private static let changes: [@Sendable (TestProxy) async throws -> Void] = [
        { _ = try await $0.add("other", "new") },
        { _ = try await $0.replace("git", #"{"command":"new"}"#) },
        { _ = try await $0.registry.restart("git", for: TestProxy.operatorsToken) },
        { _ = try await $0.registry.setEnabled("git", false, for: TestProxy.operatorsToken) },
        { _ = try await $0.registry.remove("git", for: TestProxy.operatorsToken) },
        { _ = try await $0.reload(TestProxy.configuration(#""git":{"command":"new"}"#)) },
    ]
}
