import Testing

@testable import ProxyConfiguration

@Suite struct DeclaredTransportTests {
    private func kind(_ members: String) throws -> HTTPTransportKind? {
        guard case .http(_, _, _, let kind)? = try server("\"url\": \"https://a/b\"\(members)")?.transport else {
            return nil
        }
        return kind
    }

    @Test(
        "The transport of a remote server follows transportType, and is found out without it",
        arguments: [
            ("", HTTPTransportKind.detect), (#", "transportType": "sse""#, .sse),
            (#", "transportType": "streamable-http""#, .streamableHTTP), (#", "transportType": """#, .detect),
        ])
    func kinds(members: String, expected: HTTPTransportKind) throws {
        #expect(try kind(members) == expected)
    }

    @Test("Other spellings are accepted with a warning", arguments: ["http", "streamable_http", "streamableHttp"])
    func aliases(word: String) throws {
        #expect(try kind(", \"transportType\": \"\(word)\"") == .streamableHTTP)
        let found = warnings(serverDocument("\"url\": \"https://a\", \"transportType\": \"\(word)\""))
        #expect(found.map(\.suggestion) == [#"Write "streamable-http""#])
    }

    @Test(
        "type says the same without a warning, as other clients write it",
        arguments: ["http", "streamable-http", "streamableHttp"])
    func typeKey(word: String) throws {
        #expect(try kind(", \"type\": \"\(word)\"") == .streamableHTTP)
        #expect(try kind(", \"type\": \"sse\"") == .sse)
        #expect(warnings(serverDocument("\"url\": \"https://a\", \"type\": \"\(word)\"")).isEmpty)
        #expect(warnings(serverDocument(#""command": "a", "type": "stdio""#)).isEmpty)
    }

    @Test("Under type, too, a spelling that no client documents is a warning", arguments: ["HTTP", "streamable_http"])
    func typeAliases(word: String) throws {
        #expect(try kind(", \"type\": \"\(word)\"") == .streamableHTTP)
        let found = warnings(serverDocument("\"url\": \"https://a\", \"type\": \"\(word)\""))
        #expect(found.map(\.suggestion) == [#"Write "streamable-http""#])
    }

    @Test("Where the two differ, transportType wins with a warning")
    func bothKeys() throws {
        let members = #", "type": "sse", "transportType": "streamable-http""#
        #expect(try kind(members) == .streamableHTTP)
        #expect(
            warnings(serverDocument("\"url\": \"https://a\"\(members)")).map(\.keyPath) == ["mcpServers.fetch.type"])
        #expect(
            warnings(serverDocument(#""url": "https://a", "type": "http", "transportType": "streamable-http""#)).isEmpty
        )
    }

    @Test(
        "An unknown transport is refused: the Go program takes it for SSE without a word",
        arguments: ["websocket", "ws", "stdoi"])
    func unknown(word: String) {
        #expect(
            errors(serverDocument("\"url\": \"https://a\", \"transportType\": \"\(word)\"")).map(\.keyPath) == [
                "mcpServers.fetch.transportType"
            ])
    }
}
