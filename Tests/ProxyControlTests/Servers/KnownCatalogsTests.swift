import MCPTestSupport
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// What servers list, from one run to the next.
@Suite struct KnownCatalogsTests {
    @Test(
        "A file that is damaged is as good as none",
        arguments: ["", "{", "[]", #"{"version":2,"catalogs":{}}"#, #"{"version":1}"#])
    func damaged(_ text: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(text, to: "catalogs.json")
        try directory.set(0o600, of: "catalogs.json")
        _ = try KnownCatalogs(in: StateDirectory(directory.path, logger: .silent), logger: .silent)
    }

    @Test("A file that others may have written is refused, like everything in the directory")
    func untrusted() throws {
        let directory = try TemporaryDirectory()
        try directory.write("{}", to: "catalogs.json")
        try directory.set(0o666, of: "catalogs.json")
        #expect(throws: ConfigurationError.self) {
            _ = try KnownCatalogs(in: StateDirectory(directory.path, logger: .silent), logger: .silent)
        }
    }
}
