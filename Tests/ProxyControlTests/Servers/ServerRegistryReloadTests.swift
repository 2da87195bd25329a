import MCPFrontEnd
import MCPGateway
import MCPTestSupport
import NIOCore
import Testing

@testable import ProxyControl

/// The configuration, read again while clients call.
@Suite(.timeLimit(.minutes(1))) struct ServerRegistryReloadTests {
    private static let old = TestProxy.configuration(#""git":{"command":"old"},"time":{"command":"time"}"#)
    private static let new = TestProxy.configuration(#""git":{"command":"new"},"time":{"command":"time"}"#)

    @Test("Calls go to the old server until the new one is ready; every one is answered, over the same session")
    func callsUnderWay() async throws {
        try await TestProxy.run(Self.old, prepare: { $0.set("new", .waits) }) { proxy in
            await proxy.untilReady("git")
            let client = try await proxy.client("git")
            let first = try client.call()
            let firstCall = try await proxy.servers.calls.next()
            async let reloaded = proxy.reload(Self.new)
            while try await proxy.servers.made.next() != "new" {}
            let second = try client.call()
            let secondCall = try await proxy.servers.calls.next()
            #expect(secondCall.server == "old")
            proxy.servers.start("new")
            let report = try await reloaded
            #expect(report.changed == ["git"] && report.failed.isEmpty && report.unchanged == 1)
            #expect(try await client.call("quick").answer.contains(#""from":"new""#))
            #expect(first.isOpen && second.isOpen && proxy.servers.closed.rest.isEmpty)
            firstCall.answer()
            secondCall.answer()
            #expect(try await first.answer.contains(#""from":"old""#))
            #expect(try await second.answer.contains(#""from":"old""#))
            #expect(try await proxy.servers.closed.next() == "old")
            #expect(!client.hasEnded)
        }
    }

    @Test("Of calls without a pause none is lost while the server changes again and again")
    func manyCalls() async throws {
        try await TestProxy.run(Self.old) { proxy in
            await proxy.untilReady("git")
            let client = try await proxy.client("git")
            let isOver = EventCount()
            async let calls = Self.call(client, until: isOver)
            for _ in 0..<10 {
                try await proxy.reload(Self.new)
                try await proxy.reload(Self.old)
            }
            isOver.note()
            let answers = try await calls
            #expect(answers.filter { !$0.contains(#""from":"old""#) && !$0.contains(#""from":"new""#) } == [])
            #expect(answers.contains { $0.contains("new") } && answers.contains { $0.contains("old") })
            #expect(!client.hasEnded)
        }
    }

    private static func call(_ client: TestClient, until end: EventCount) async throws -> [String] {
        var answers: [String] = []
        while end.current == 0 { answers.append(try await client.call("quick").answer) }
        return answers
    }

    @Test(
        "A configuration that cannot be used changes nothing, and says why",
        arguments: [
            #"{"mcpServers":{"#, "", #"{"mcpProxy":{},"mcpServers":7}"#,
            TestProxy.configuration(#""git":{"command":"new"},"time":{"command":7}"#),
            TestProxy.configuration(#""git":{"command":"new"}"#, proxy: #""limits":{"maxSessions":"many"}"#),
        ])
    func invalid(text: String) async throws {
        try await TestProxy.run(Self.old) { proxy in
            await proxy.untilReady("git")
            await proxy.untilReady("time")
            let client = try await proxy.client("git")
            let reply = try client.call()
            let call = try await proxy.servers.calls.next()
            let (settings, reports) = (await proxy.registry.settings, await proxy.registry.reports())
            let (route, links) = (proxy.route("git"), proxy.servers.made.rest)
            let refusal = await #expect(throws: ManagementRefusal.self) { try await proxy.reload(text) }
            #expect(refusal?.kind == .invalidConfiguration)
            #expect(refusal?.problems.isEmpty == false)
            #expect(await proxy.registry.settings == settings)
            #expect(await proxy.registry.reports().map(\.status) == reports.map(\.status))
            #expect(proxy.route("git") === route && proxy.servers.made.rest == links)
            #expect(reply.isOpen && proxy.servers.closed.rest.isEmpty)
            call.answer()
            #expect(try await reply.answer.contains(#""from":"old""#))
        }
    }

    @Test("A rehearsal says what would change, and changes nothing")
    func rehearsal() async throws {
        try await TestProxy.run(Self.old) { proxy in
            await proxy.untilReady("git")
            await proxy.untilReady("time")
            let links = proxy.servers.made.rest
            let text = TestProxy.configuration(#""git":{"command":"new"},"web":{"command":"web"}"#)
            let report = try await proxy.reload(text, isRehearsal: true)
            #expect(report.added == ["web"] && report.removed == ["time"] && report.changed == ["git"])
            #expect(proxy.servers.made.rest == links)
            #expect(await proxy.registry.reports().map(\.name) == ["git", "time"])
            #expect(try await proxy.status(at: "web") == 404)
        }
    }

    @Test("Servers come and go with the configuration, and the one that stays keeps its link")
    func comeAndGo() async throws {
        try await TestProxy.run(Self.old) { proxy in
            await proxy.untilReady("git")
            await proxy.untilReady("time")
            let client = try await proxy.client("git")
            try await proxy.reload(TestProxy.configuration(#""git":{"command":"old"},"web":{"command":"web"}"#))
            await proxy.untilReady("web")
            #expect(try await proxy.servers.closed.next() == "time")
            #expect(try await proxy.status(at: "time") == 404)
            #expect(try await proxy.client("web").call("quick").answer.contains(#""from":"web""#))
            #expect(try await client.call("quick").answer.contains(#""from":"old""#))
            #expect(proxy.servers.made.rest.count { $0 == "old" } == 1)
        }
    }

    @Test("A server that is new in the configuration is there whether or not it starts")
    func newAndBroken() async throws {
        try await TestProxy.run(Self.old, prepare: { $0.set("web", .fails) }) { proxy in
            let text = TestProxy.configuration(
                #""git":{"command":"old"},"time":{"command":"time"},"web":{"command":"web"}"#)
            try await proxy.reload(text)
            await proxy.until { await $0.registry.report(of: "web")?.status.state == .failed }
            #expect(try await proxy.status(at: "web") != 404)
        }
    }

    @Test("What is left out of the configuration by a switch is not started, and starts when it is put in")
    func disabled() async throws {
        let off = TestProxy.configuration(#""git":{"command":"old","options":{"disabled":true}}"#)
        try await TestProxy.run(off) { proxy in
            #expect(await proxy.registry.report(of: "git")?.status.state == .disabled)
            #expect(proxy.servers.made.rest.isEmpty)
            try await proxy.reload(TestProxy.configuration(#""git":{"command":"old"}"#))
            await proxy.untilReady("git")
            try await proxy.reload(off)
            #expect(try await proxy.servers.closed.next() == "old")
            #expect(await proxy.registry.report(of: "git")?.status.state == .disabled)
            #expect(try await proxy.status(at: "git") == 404)
        }
    }

    @Test("Who wants to hear of it is told when a reading begins and ends, also when it fails, and not of a rehearsal")
    func told() async throws {
        let recorder = ReloadRecorder()
        try await TestProxy.run(Self.old, listener: recorder) { proxy in
            try await proxy.reload(Self.new, isRehearsal: true)
            #expect(recorder.events.rest.isEmpty)
            try await proxy.reload(Self.new)
            #expect(recorder.events.rest == ["reloading", "reloaded"])
            _ = await #expect(throws: ManagementRefusal.self) { try await proxy.reload("{") }
            #expect(recorder.events.rest == ["reloading", "reloaded", "reloading", "reloaded"])
        }
    }

    private final class ReloadRecorder: ReloadListener {
        let events = EventQueue<String>()
        func reloading() { events.add("reloading") }
        func reloaded() { events.add("reloaded") }
    }

    @Test(
        "A server of the API goes on when the configuration changes, and is switched off when it may not run any more")
    func added() async throws {
        try await TestProxy.run(Self.old) { proxy in
            try await proxy.add("mine", "mine")
            let client = try await proxy.client("mine")
            try await proxy.reload(Self.new)
            #expect(try await client.call("quick").answer.contains(#""from":"mine""#))
            try await proxy.reload(
                TestProxy.configuration(#""git":{"command":"new"}"#, proxy: #""management":{"stdio":"deny"}"#))
            try await client.end()
            #expect(await proxy.registry.report(of: "mine")?.status.state == .disabled)
            #expect(try await proxy.status(at: "mine") == 404)
        }
    }
}
