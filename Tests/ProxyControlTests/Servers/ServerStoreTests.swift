import MCPFrontEnd
import MCPTestSupport
import NIOCore
import Testing

@testable import ProxyControl

/// The list of servers that were added over the API.
@Suite struct ServerStoreTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func store() throws -> ServerStore {
        try ServerStore(StateDirectory(directory.path, logger: .silent), logger: .silent)
    }

    private func server(_ name: String, _ command: String = "new") -> KeptServer {
        KeptServer(
            name: name, configuration: ByteBuffer(string: #"{"command":"\#(command)"}"#), isDisabled: false,
            owner: .anonymous, hadTokens: false)
    }

    @Test("What was put is there at the next start, in the order of the names; what was taken out is not")
    func kept() async throws {
        let store = try store()
        try await store.put(server("b"), as: "b")
        try await store.put(server("a"), as: "a")
        try await store.put(server("c"), as: "c")
        try await store.put(nil, as: "c")
        try await store.put(server("b", "other"), as: "b")
        let expected = [server("a"), server("b", "other")]
        #expect(store.all == expected)
        #expect(try self.store().all == expected)
        #expect(try self.store()["c"] == nil)
    }

    @Test("Changes that come all at once are all kept")
    func atOnce() async throws {
        let store = try store()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { try await store.put(server("s\(number)"), as: "s\(number)") }
            }
            try await group.waitForAll()
        }
        #expect(try self.store().all.count == 20)
    }

    @Test("A change that cannot be written is refused, and what was kept before still is")
    func notWritten() async throws {
        let store = try store()
        try await store.put(server("a"), as: "a")
        try directory.makeDirectory(".servers.json.new")
        let refusal = await #expect(throws: ManagementRefusal.self) { try await store.put(server("b"), as: "b") }
        #expect(refusal?.kind == .notKept)
        #expect(store.all == [server("a")])
        #expect(try self.store().all == [server("a")])
    }

    @Test("A list that cannot be read is set aside, never overwritten")
    func unreadable() async throws {
        try directory.write("{ this is no list", to: "servers.json")
        try directory.set(0o600, of: "servers.json")
        let store = try store()
        #expect(store.all.isEmpty)
        try await store.put(server("a"), as: "a")
        let aside = try #require(try directory.names.first { $0.hasPrefix("servers.json.unreadable-") })
        #expect(try directory.text(of: aside) == "{ this is no list")
        #expect(try self.store().all == [server("a")])
    }
}
