import MCPGateway
import MCPTestSupport
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// The list of servers that ask their clients, as the last run has left it.
@Suite struct AskingServersTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func read(_ text: String) throws -> AskingServers {
        try directory.write(text, to: "asking.json")
        try directory.set(0o600, of: "asking.json")
        return try AskingServers(in: StateDirectory(directory.path, logger: .silent), logger: .silent)
    }

    @Test("A list that is too long, or cannot be read, is set aside and does not keep the proxy from starting")
    func setAside() throws {
        for text in [String(repeating: " ", count: 1 << 20 + 1), "{"] {
            #expect(!(try read(text).memory(of: "git").isKnown))
            let names = try directory.names
            #expect(!names.contains("asking.json"))
            #expect(names.allSatisfy { $0.hasPrefix("asking.json.unreadable-") } && !names.isEmpty)
        }
    }

    @Test("A list of the greatest length is read")
    func longest() throws {
        let list = #"{"version":1,"asking":["git"]}"#
        let asking = try read(list + String(repeating: " ", count: (1 << 20) - list.utf8.count))
        #expect(asking.memory(of: "git").isKnown && !asking.memory(of: "other").isKnown)
    }
}
