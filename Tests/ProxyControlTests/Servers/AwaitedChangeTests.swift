import MCPFrontEnd
import MCPGateway
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// A change that does not start yet, while the server serves as it was.
@Suite(.timeLimit(.minutes(1))) struct AwaitedChangeTests {
    private static func configuration(_ command: String) -> String {
        TestProxy.configuration(
            #""git":{"command":"\#(command)"}"#,
            proxy: #""limits":{"restartBackoffMinimum":"1ms","restartBackoffMaximum":"5ms"}"#)
    }

    private static let settings = ServerSettings(
        name: "git",
        transport: .stdio(command: "new", arguments: [], environment: [:], workingDirectory: nil))

    @Test("The server serves as it was, shows why, and takes over its sessions when the change starts at last")
    func takesOver() async throws {
        try await TestProxy.run(Self.configuration("old"), prepare: { $0.set("new", .fails) }) { proxy in
            await proxy.untilReady("git")
            let client = try await proxy.client("git")
            let report = try await proxy.reload(Self.configuration("new"))
            #expect(report.failed["git"]?.contains("it serves as it was until it does") == true)
            #expect(await proxy.registry.report(of: "git")?.status.pendingChange?.contains("does not start") == true)
            #expect(try await client.call("quick").answer.contains(#""from":"old""#))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await proxy.registry.tryAwaitedChanges() }
                // What the reload has tried, and the next attempt.
                while try await proxy.servers.made.next() != "new" {}
                #expect(try await proxy.servers.made.next() == "new")
                proxy.servers.set("new", .succeeds)
                await proxy.until { await $0.registry.servers["git"]?.awaited == nil }
                group.cancelAll()
            }
            #expect(await proxy.registry.report(of: "git")?.status.pendingChange == nil)
            #expect(try await client.call("quick").answer.contains(#""from":"new""#))
            #expect(try await proxy.servers.closed.next() == "old")
            #expect(!client.hasEnded)
        }
    }

    @Test("When the configuration is again what is served, nothing is awaited any more")
    func takenBack() async throws {
        try await TestProxy.run(Self.configuration("old"), prepare: { $0.set("new", .fails) }) { proxy in
            await proxy.untilReady("git")
            try await proxy.reload(Self.configuration("new"))
            #expect(await proxy.registry.servers["git"]?.awaited != nil)
            let report = try await proxy.reload(Self.configuration("old"))
            #expect(report.changed == ["git"] && report.failed.isEmpty)
            #expect(await proxy.registry.servers["git"]?.awaited == nil)
            #expect(await proxy.registry.report(of: "git")?.status.pendingChange == nil)
            #expect(proxy.servers.closed.rest.isEmpty)
        }
    }

    @Test("To start the server anew tries what is awaited")
    func restart() async throws {
        try await TestProxy.run(Self.configuration("old"), prepare: { $0.set("new", .fails) }) { proxy in
            await proxy.untilReady("git")
            try await proxy.reload(Self.configuration("new"))
            proxy.servers.set("new", .succeeds)
            _ = try await proxy.registry.restart("git", for: TestProxy.operatorsToken)
            #expect(try await proxy.client("git").call("quick").answer.contains(#""from":"new""#))
            #expect(await proxy.registry.servers["git"]?.awaited == nil)
        }
    }

    @Test("The same change is tried ever more rarely, up to the maximum; another one begins anew")
    func pauses() {
        var limits = Limits()
        limits.restartBackoffMinimum = .milliseconds(100)
        limits.restartBackoffMaximum = .milliseconds(350)
        let now = NIODeadline.uptimeNanoseconds(0)
        var change: AwaitedChange?
        var pauses: [TimeAmount] = []
        for _ in 0..<4 {
            let next = AwaitedChange(Self.settings, after: change, within: limits, now: now)
            pauses.append(next.nextAttempt - now)
            change = next.underWay
        }
        #expect(pauses == [.milliseconds(100), .milliseconds(200), .milliseconds(350), .milliseconds(350)])
        var other = Self.settings
        other.isolation = .shared
        let begun = AwaitedChange(other, after: change, within: limits, now: now)
        #expect(begun.nextAttempt - now == .milliseconds(100))
    }

    @Test("It is due when its time has come, or when what served meanwhile serves no more, but never twice at once")
    func due() async throws {
        try await TestProxy.run(Self.configuration("old")) { proxy in
            await proxy.untilReady("git")
            let server = try #require(await proxy.registry.servers["git"])
            let now = NIODeadline.uptimeNanoseconds(0)
            let change = AwaitedChange(Self.settings, after: nil, within: Limits(), now: now)
            #expect(!change.isDue(server, now: now))
            #expect(change.isDue(server, now: change.nextAttempt))
            #expect(!change.underWay.isDue(server, now: change.nextAttempt))
            let notReady = proxy.composition.builder.build(server.settings, .file)
            #expect(change.isDue(notReady, now: now))
            #expect(!change.underWay.isDue(notReady, now: now))
        }
    }
}
