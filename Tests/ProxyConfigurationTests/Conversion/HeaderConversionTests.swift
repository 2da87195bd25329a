import Testing

@testable import ProxyConfiguration

@Suite struct HeaderConversionTests {
    private func document(_ members: String) -> String {
        serverDocument("\"url\": \"https://a\", \"headers\": {\(members)}")
    }

    @Test("A name that is no token is refused", arguments: ["", "A B", "A:", "Ä", "A\\r\\nB"])
    func badNames(name: String) {
        #expect(errors(document("\"\(name)\": \"x\"")).map(\.message) == ["this is not the name of a header"])
    }

    @Test(
        "A value with a line break or NUL is refused and not shown",
        arguments: ["canary\\r\\nX: y", "canary\\n", "canary\\u0000", "canary\\u007f"])
    func badValues(value: String) {
        let found = errors(document("\"A\": \"\(value)\""))
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.headers.A"])
        #expect(!"\(found)".contains("canary"))
    }

    @Test("A name given twice in different case is refused")
    func twice() {
        #expect(
            errors(document(#""Authorization": "a", "authorization": "b""#)).map(\.keyPath) == [
                "mcpServers.fetch.headers.authorization"
            ])
    }

    @Test(
        "A header that the proxy sets itself is left out with a warning",
        arguments: ["Host", "content-length", "Transfer-Encoding", "Connection"])
    func ownHeaders(name: String) throws {
        let loaded = try load(document("\"\(name)\": \"x\""))
        #expect(
            loaded.settings.servers.first?.transport
                == .http(url: "https://a", headers: [], timeout: nil, kind: .detect))
        #expect(loaded.warnings.map(\.keyPath) == ["mcpServers.fetch.headers.\(name)"])
    }

    @Test("A number is taken for a text and null is left out, with a warning; other values are refused")
    func notText() throws {
        let loaded = try load(document(#""A": 1, "B": null"#))
        #expect(loaded.warnings.count == 2)
        #expect(
            loaded.settings.servers.first?.transport
                == .http(
                    url: "https://a", headers: [HeaderField(name: "A", value: Secret("1"))], timeout: nil, kind: .detect
                ))
        #expect(errors(document(#""A": [], "B": {}"#)).count == 2)
        #expect(dynamicErrors(#"{"url": "https://a", "headers": {"A": 1, "B": null}}"#).count == 2)
    }
}
