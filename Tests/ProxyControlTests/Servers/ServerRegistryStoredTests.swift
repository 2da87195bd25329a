import MCPFrontEnd
import MCPGateway
import MCPTestSupport
import NIOCore
import Testing

@testable import ProxyControl

/// Servers of the API that outlive the run.
@Suite(.timeLimit(.minutes(1))) struct ServerRegistryStoredTests {
    private static let empty = TestProxy.configuration("")
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func store() throws -> ServerStore {
        try ServerStore(StateDirectory(directory.path, logger: .silent), logger: .silent)
    }

    @Test("What was added, replaced, left out and removed is the same after the next start")
    func restored() async throws {
        try await TestProxy.run(Self.empty, store: try store()) { proxy in
            for name in ["a", "b", "c", "d"] { try await proxy.add(name, "old-\(name)") }
            _ = try await proxy.replace("b", #"{"command":"new-b"}"#)
            _ = try await proxy.registry.setEnabled("c", false, for: TestProxy.operatorsToken)
            _ = try await proxy.registry.remove("d", for: TestProxy.operatorsToken)
        }
        try await TestProxy.run(Self.empty, store: try store()) { proxy async throws in
            #expect(await proxy.registry.reports().map(\.name) == ["a", "b", "c"])
            for name in ["a", "b"] { await proxy.untilReady(name) }
            #expect(await proxy.registry.report(of: "c")?.status.state == .disabled)
            #expect(try await proxy.client("b").call("quick").answer.contains(#""from":"new-b""#))
            #expect(try await proxy.status(at: "c") == 404)
        }
    }

    @Test("A change that cannot be kept is not made")
    func notKept() async throws {
        let store = try store()
        try await TestProxy.run(Self.empty, store: store) { proxy in
            try await proxy.add("a", "old")
            let client = try await proxy.client("a")
            try directory.makeDirectory(".servers.json.new")
            for change in Self.changes {
                let refusal = await #expect(throws: ManagementRefusal.self) { try await change(proxy) }
                #expect(refusal?.kind == .notKept)
            }
            #expect(await proxy.registry.reports().map(\.name) == ["a"])
            #expect(try await proxy.status(at: "b") == 404)
            #expect(try await client.call("quick").answer.contains(#""from":"old""#))
            #expect(!client.hasEnded)
        }
        #expect(store.all.map(\.name) == ["a"])
    }

    private static let changes: [@Sendable (TestProxy) async throws -> Void] = [
        { _ = try await $0.add("b", "new") },
        { _ = try await $0.replace("a", #"{"command":"new"}"#) },
        { _ = try await $0.registry.setEnabled("a", false, for: TestProxy.operatorsToken) },
        { _ = try await $0.registry.remove("a", for: TestProxy.operatorsToken) },
    ]

    @Test("A replacement that does not start leaves in the store what there was")
    func replacementFails() async throws {
        let store = try store()
        try await TestProxy.run(Self.empty, store: store, prepare: { $0.set("new", .fails) }) { proxy in
            try await proxy.add("a", "old")
            let before = store.all
            _ = await #expect(throws: ManagementRefusal.self) {
                try await proxy.replace("a", #"{"command":"new"}"#)
            }
            #expect(store.all == before)
        }
    }

    @Test("What may not run any more is not started, and is kept")
    func forbidden() async throws {
        try await TestProxy.run(Self.empty, store: try store()) { try await $0.add("a", "old") }
        let denying = TestProxy.configuration("", proxy: #""management":{"stdio":"deny"}"#)
        let store = try store()
        try await TestProxy.run(denying, store: store) { proxy in
            #expect(await proxy.registry.reports().isEmpty)
            #expect(proxy.servers.made.rest.isEmpty)
        }
        #expect(store.all.map(\.name) == ["a"])
    }

    @Test("A server that asked for tokens never comes back open to everybody")
    func neverOpen() async throws {
        let guarded = TestProxy.configuration("", proxy: #""options":{"authTokens":["token-of-alice-1234567890"]}"#)
        try await TestProxy.run(guarded, store: try store()) { try await $0.add("a", "old") }
        let store = try store()
        try await TestProxy.run(Self.empty, store: store) { proxy async throws in
            #expect(await proxy.registry.reports().isEmpty)
            #expect(proxy.servers.made.rest.isEmpty)
            #expect(try await proxy.status(at: "a") == 404)
        }
        #expect(store.all.map(\.name) == ["a"])
    }

    @Test("The configuration's own server comes before one of the same name that was added")
    func nameTaken() async throws {
        try await TestProxy.run(Self.empty, store: try store()) { try await $0.add("a", "added") }
        let store = try store()
        try await TestProxy.run(TestProxy.configuration(#""a":{"command":"own"}"#), store: store) {
            proxy async throws in
            await proxy.untilReady("a")
            #expect(try await proxy.client("a").call("quick").answer.contains(#""from":"own""#))
            #expect(!proxy.servers.made.rest.contains("added"))
        }
        #expect(store.all.map(\.name) == ["a"])
    }

    @Test("A server that is new in the configuration takes the place of one that was added, which is forgotten")
    func takenOver() async throws {
        let store = try store()
        try await TestProxy.run(Self.empty, store: store) { proxy in
            try await proxy.add("a", "added")
            try await proxy.reload(TestProxy.configuration(#""a":{"command":"own"}"#))
            #expect(try await proxy.client("a").call("quick").answer.contains(#""from":"own""#))
            #expect(await proxy.registry.report(of: "a")?.source == .file)
            #expect(store.all.isEmpty)
        }
    }
}
