import MCPTestSupport
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// The secret of a proxy.
@Suite struct StateKeyTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("Without a directory each run has its own")
    func alone() throws {
        let keys = [try StateKey(in: nil), try StateKey(in: nil)]
        #expect(keys[0].bytes != keys[1].bytes && keys.allSatisfy { $0.bytes.count == StateKey.byteCount })
    }

    @Test("In a directory it is made once, for this user only, and found again")
    func kept() throws {
        let first = try StateKey(in: try StateDirectory(directory.path, logger: .silent))
        #expect(try StateKey(in: try StateDirectory(directory.path, logger: .silent)).bytes == first.bytes)
        #expect(try directory.mode(of: "state.key") == 0o600)
    }

    @Test("One that is damaged stops the start and says what is lost with it")
    func damaged() throws {
        let opened = try StateDirectory(directory.path, logger: .silent)
        try opened.replace(.key, with: [1, 2, 3])
        let error = #expect(throws: ConfigurationError.self) { try StateKey(in: opened) }
        #expect(error?.problems.first?.message == "state.key has 3 bytes, not 32")
    }
}
