import Testing

@testable import ProxyConfiguration

@Suite struct ObjectReaderTests {
    @Test("disabled is accepted in every case without a word", arguments: ["disabled", "Disabled", "DISABLED"])
    func disabled(key: String) throws {
        let loaded = try load(serverDocument("\"command\": \"a\", \"options\": {\"\(key)\": true}"))
        #expect(loaded.settings.servers.first?.options.disabled == true)
        #expect(loaded.warnings.isEmpty)
    }

    @Test("Other keys in another case are accepted with a warning that names the right one")
    func otherCase() throws {
        let loaded = try load(#"{"MCPProxy": {"baseurl": "https://a"}, "mcpservers": {"f": {"Command": "c"}}}"#)
        #expect(loaded.settings.baseURL.origin == "https://a")
        #expect(loaded.settings.servers.count == 1)
        #expect(
            loaded.warnings.map(\.keyPath) == ["MCPProxy", "MCPProxy.baseurl", "mcpservers", "mcpservers.f.Command"])
        #expect(
            loaded.warnings.map(\.suggestion) == [
                #"Write "mcpProxy""#, #"Write "baseURL""#, #"Write "mcpServers""#, #"Write "command""#,
            ])
    }

    @Test(
        "A key in another case has no effect beside the exact one",
        arguments: [#""name": "a", "Name": "b""#, #""Name": "b", "name": "a""#])
    func exactWins(members: String) throws {
        let loaded = try load(proxyDocument(members))
        #expect(loaded.settings.name == "a")
        #expect(loaded.warnings.map(\.keyPath) == ["mcpProxy.Name"])
    }

    @Test("null is the same as leaving the key out")
    func null() throws {
        let members = KeyScope.proxy.keys.map { "\"\($0.name)\": null" }.joined(separator: ", ")
        #expect(try load(proxyDocument(members)).settings == load(proxyDocument("")).settings)
        let server = KeyScope.server.keys.filter { $0.name != "command" }.map { "\"\($0.name)\": null" }.joined(
            separator: ", ")
        #expect(
            try load(serverDocument("\"command\": \"uvx\", \(server)")).settings == load(proxyDocument("")).settings)
    }

    @Test("Something else in the place of an object is refused", arguments: ["1", "[]", "true", "\"x\""])
    func notObject(value: String) {
        #expect(errors("{\"mcpProxy\": \(value), \"mcpServers\": {}}").map(\.keyPath) == ["mcpProxy"])
        #expect(errors("{\"mcpProxy\": {}, \"mcpServers\": \(value)}").map(\.keyPath) == ["mcpServers"])
        #expect(errors("{\"mcpProxy\": {}, \"mcpServers\": {\"f\": \(value)}}").map(\.keyPath) == ["mcpServers.f"])
        #expect(errors(value).map(\.keyPath) == [""])
    }

    @Test("A server that is null is refused: the Go program crashes on it")
    func nullServer() {
        #expect(errors(#"{"mcpProxy": {}, "mcpServers": {"f": null}}"#).map(\.keyPath) == ["mcpServers.f"])
    }
}
