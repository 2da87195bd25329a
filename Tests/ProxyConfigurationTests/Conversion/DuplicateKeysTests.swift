import Testing

@testable import ProxyConfiguration

@Suite struct DuplicateKeysTests {
    @Test("A key given twice is an error that names both places")
    func twice() throws {
        let found = errors(
            "{\"mcpProxy\": {\"name\": \"a\",\n\"name\": \"b\"}, \"mcpServers\": {\"x\": {\"command\": \"a\"}, \"x\": {\"command\": \"b\"}}}"
        )
        #expect(found.map(\.keyPath) == ["mcpProxy.name", "mcpServers.x"])
        #expect(found.first?.line == 2 && found.first?.column == 1)
        #expect(found.first?.message.contains("1:15") == true)
    }

    @Test("So is one that only is spelled in another way: people would take both for one")
    func spellings() {
        let found = errors(proxyDocument("\"zzz\": {\"caf\u{E9}\": 1, \"cafe\u{301}\": 2}"))
        #expect(found.count == 1 && found.first?.message.contains("given twice") == true)
    }

    @Test("In YAML too")
    func yaml() {
        #expect(errors("mcpProxy: {}\nmcpProxy: {}\n", source: "c.yaml").count == 1)
    }

    @Test("Inside lists and unknown keys too")
    func nested() {
        #expect(errors(proxyDocument(#""zzz": [{"a": 1, "a": 2}]"#)).map(\.keyPath) == ["mcpProxy.zzz[0].a"])
    }
}
