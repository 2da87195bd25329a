import MCPTestSupport
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// The directory of what outlives the run: private, and trusted only if nobody else may write it.
@Suite struct StateDirectoryTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// The problem with which the directory, or the file in it, is refused.
    private func problem(at path: String? = nil) -> String? {
        do throws(ConfigurationError) {
            _ = try StateDirectory(path ?? directory.path, logger: .silent).read(.servers, maximumBytes: 100)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("A directory that is not there is made, for this user only")
    func made() throws {
        let state = try StateDirectory("\(directory.path)/a/b", logger: .silent)
        #expect(try directory.mode(of: "a/b") == 0o700)
        #expect(try state.read(.servers, maximumBytes: 100) == nil)
    }

    @Test("Of two that run with it the second one is told so, until the first has ended")
    func claimed() throws {
        var first: StateDirectory? = try StateDirectory(directory.path, logger: .silent)
        #expect(first?.isClaimed() == false && first?.isClaimed() == false)
        let second = try StateDirectory(directory.path, logger: .silent)
        #expect(second.isClaimed())
        first = nil
        #expect(!second.isClaimed())
        #expect(try directory.mode(of: ".in-use") == 0o600)
    }

    @Test("What was written is read again, and is this user's only")
    func written() throws {
        let state = try StateDirectory(directory.path, logger: .silent)
        try state.replace(.servers, with: Array("first".utf8))
        try state.replace(.servers, with: Array("second".utf8))
        #expect(try state.read(.servers, maximumBytes: 100) == Array("second".utf8))
        #expect(try directory.names == ["servers.json"])
        #expect(try directory.mode(of: "servers.json") == 0o600)
    }

    @Test(
        "A file that others may write is not read, nor one in a directory that others may write",
        arguments: [0o020, 0o002])
    func writableByOthers(mode: Int) throws {
        try directory.write("{}", to: "servers.json")
        try directory.set(0o600 | mode, of: "servers.json")
        #expect(problem()?.contains("others may write it") == true)
        try directory.set(0o600, of: "servers.json")
        #expect(problem() == nil)
        try directory.set(0o700 | mode, of: "")
        #expect(problem()?.contains("others may write it") == true)
    }

    @Test("What others may only read is taken from them")
    func readableByOthers() throws {
        try directory.write("{}", to: "servers.json")
        try directory.set(0o644, of: "servers.json")
        try directory.set(0o755, of: "")
        #expect(problem() == nil)
        #expect(try directory.mode(of: "servers.json") == 0o600)
        #expect(try directory.mode(of: "") == 0o700)
    }

    @Test("A link or a directory in the place of the file is refused, and so is a file that is too long")
    func noFile() throws {
        try directory.write("{}", to: "elsewhere")
        try directory.link("servers.json", to: "\(directory.path)/elsewhere")
        #expect(problem()?.contains("this is a link") == true)
        try directory.remove("servers.json")
        try directory.makeDirectory("servers.json")
        let words = problem() ?? ""
        #expect(words.contains("servers.json: this is a directory, not a file"))
        #expect(words.contains("Move it away; the servers that were added over the API are then to be added again"))
        #expect(try directory.mode(of: "servers.json") != 0o600, "it is left as it was")
        try directory.remove("servers.json")
        try directory.write(String(repeating: "x", count: 101), to: "servers.json")
        #expect(problem()?.contains("longer than 100 bytes") == true)
    }

    @Test("A file in the place of the directory is refused")
    func noDirectory() throws {
        try directory.write("{}", to: "file")
        #expect(problem(at: "\(directory.path)/file") != nil)
    }

    @Test("When the file cannot be replaced it stays as it was, and nothing else is left")
    func replaceFails() throws {
        let state = try StateDirectory(directory.path, logger: .silent)
        try state.replace(.servers, with: Array("first".utf8))
        // Where the new one would be written.
        try directory.makeDirectory(".servers.json.new")
        let failure = #expect(throws: StateDirectory.WriteFailure.self) {
            try state.replace(.servers, with: Array("second".utf8))
        }
        #expect(failure?.words.isEmpty == false)
        #expect(try directory.text(of: "servers.json") == "first")
        try directory.remove(".servers.json.new")
        try state.replace(.servers, with: Array("second".utf8))
        #expect(try directory.names == ["servers.json"])
    }

    @Test("A file that is set aside is there under another name")
    func setAside() throws {
        let state = try StateDirectory(directory.path, logger: .silent)
        try state.replace(.servers, with: Array("broken".utf8))
        _ = try state.setAside(.servers)
        let names = try directory.names
        #expect(names.count == 1 && names[0].hasPrefix("servers.json.unreadable-"))
        #expect(try directory.text(of: names[0]) == "broken")
        #expect(try state.read(.servers, maximumBytes: 100) == nil)
    }
}
