import Testing

@testable import ProxyConfiguration

@Suite struct ConfigurationLoaderTests {
    private func error(_ text: [UInt8], _ format: ConfigurationFormat = .json) -> ConfigurationError? {
        do throws(ConfigurationError) {
            _ = try ConfigurationLoader.load(
                text: text, source: "https://u:p@a/c?canary", format: format, environment: nil)
            return nil
        } catch {
            return error
        }
    }

    @Test("A byte order mark is tolerated", arguments: [ConfigurationFormat.json, .yaml])
    func byteOrderMark(format: ConfigurationFormat) {
        #expect(error([0xEF, 0xBB, 0xBF] + Array(#"{"mcpProxy": {}}"#.utf8), format) == nil)
    }

    @Test("UTF-16 and texts that are too large are refused for what they are")
    func unreadable() {
        #expect(error([0xFF, 0xFE, 0x7B, 0])?.code == .unreadable)
        #expect(error(Array(repeating: 0x20, count: ConfigurationLoader.maximumBytes + 1))?.code == .unreadable)
        #expect(error(Array(repeating: 0x20, count: ConfigurationLoader.maximumBytes))?.code == .syntax)
    }

    @Test(
        "A syntax error is one problem with its place, and messages show no more of a URL than its path",
        arguments: [ConfigurationFormat.json, .yaml])
    func syntax(format: ConfigurationFormat) throws {
        let found = try #require(error(Array("{\n\"a\": [}".utf8), format))
        #expect(found.code == .syntax)
        #expect(found.problems.count == 1)
        #expect("\(found)".hasPrefix("https://a/c:2:"))
        #expect(!"\(found)".contains("canary"))
    }

    @Test("What is no configuration is refused as such")
    func invalid() {
        #expect(error(Array("[]".utf8))?.code == .invalid)
    }

    @Test("JSON and YAML with the same content give the same settings")
    func sameSettings() throws {
        let json =
            #"{"mcpProxy": {"addr": ":9", "options": {"logEnabled": true}, "limits": {"callTimeout": "5s"}}, "mcpServers": {"a/b": {"url": "https://a", "headers": {"X": "y"}}, "c": {"command": "d", "args": ["e"]}}}"#
        let yaml = """
            mcpProxy:
              addr: :9
              options: {logEnabled: on}
              limits:
                callTimeout: 5s
            mcpServers:
              a/b:
                url: https://a
                headers: {X: "y"}
              c:
                command: d
                args:
                - e
            """
        #expect(try load(json).settings == load(yaml, source: "c.yaml").settings)
        #expect(try load(json, source: "c.yaml").settings == load(json).settings)
    }
}
