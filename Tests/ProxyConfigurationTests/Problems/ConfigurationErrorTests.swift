import Testing

@testable import ProxyConfiguration

@Suite struct ConfigurationErrorTests {
    @Test("All problems are reported at once, in the order of the text, each on its line")
    func allAtOnce() throws {
        let text = """
            {
              "mcpServers": {"a": {"url": "ftp://x"}, "b": {}},
              "mcpProxy": {"addr": "9090", "type": "grpc", "tipe": "sse"}
            }
            """
        #expect {
            try load(text)
        } throws: { error in
            guard let error = error as? ConfigurationError else { return false }
            let lines = "\(error)".split(separator: "\n")
            #expect(error.code == .invalid)
            #expect(lines.count == 5)
            #expect(
                lines.map { $0.prefix(16) } == [
                    "config.json:2:31", "config.json:2:48", "config.json:3:24", "config.json:3:40", "config.json:3:48",
                ])
            return true
        }
    }
}
