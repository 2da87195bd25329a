import Grants
import MCPTestSupport
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// Where grants are kept, and under which key.
@Suite struct KnownGrantsTests {
    private let directory: TemporaryDirectory
    private static let secret = String(repeating: "s", count: 32)

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func state() throws -> StateDirectory { try StateDirectory(directory.path, logger: .silent) }

    // MARK: Files

    @Test("A grant is a file of its own, for this user only, and gone when it is removed")
    func files() throws {
        let files = GrantFiles(directory: try state())
        #expect(try files.read("a") == nil)
        try files.write([1, 2], as: "a")
        try files.write([3], as: "b")
        try files.write([4], as: "a")
        #expect(try files.read("a") == [4])
        #expect(try files.read("b") == [3])
        #expect(try directory.names == ["a.sealed", "b.sealed"])
        #expect(try directory.mode(of: "a.sealed") == 0o600)
        try files.remove("a")
        try files.remove("a")
        #expect(try files.read("a") == nil)
        #expect(try files.read("b") == [3])
        #expect(try directory.names == ["b.sealed"])
    }

    @Test("A file that is too long, a link, or may be written by others is not read, and it is said why")
    func untrusted() throws {
        let files = GrantFiles(directory: try state())
        try files.write(Array(repeating: 0, count: (1 << 20) + 1), as: "long")
        try directory.write("x", to: "open.sealed")
        try directory.set(0o666, of: "open.sealed")
        try directory.link("link.sealed", to: "open.sealed")
        for (name, words) in [("long", "longer than"), ("open", "others may write it"), ("link", "link")] {
            let failure = #expect(throws: GrantStorageFailure.self) { try files.read(name) }
            #expect(failure?.words.contains(words) == true, "\(failure?.words ?? "")")
        }
    }

    @Test("A directory that does not take a file says so, and what was there stays")
    func readOnly() throws {
        let files = GrantFiles(directory: try state())
        try files.write([1], as: "a")
        // Root may write everywhere; a directory in the place of the file stops everybody.
        try directory.makeDirectory("b.sealed")
        #expect(throws: GrantStorageFailure.self) { try files.write([2], as: "b") }
        #expect(throws: GrantStorageFailure.self) { try files.remove("b") }
        #expect(try files.read("a") == [1])
        #expect(try directory.names == ["a.sealed", "b.sealed"], "nothing is left of the attempt")
    }

    // MARK: Keys

    @Test("A secret of few bytes is refused, with its name and what to do")
    func shortSecret() throws {
        let state = try state()
        let error = #expect(throws: ConfigurationError.self) {
            try KnownGrants.book(in: state, secret: "short", logger: .silent)
        }
        #expect(error?.problems.first?.source == "MCP_PROXY_STATE_KEY")
        #expect(error?.problems.first?.message == "the secret has 5 bytes, which can be guessed")
        #expect(error?.description.contains("short\"") == false)
    }

    @Test("A key is made when it is needed first, and not with a secret of the operator's or without a directory")
    func keys() throws {
        _ = try KnownGrants.book(in: try state(), secret: nil, logger: .silent)
        _ = try KnownGrants.book(in: try state(), secret: "", logger: .silent)
        _ = try KnownGrants.book(in: try state(), secret: Self.secret, logger: .silent)
        _ = try KnownGrants.book(in: nil, secret: "short", logger: .silent)
        #expect(try directory.names.isEmpty)
    }
}
