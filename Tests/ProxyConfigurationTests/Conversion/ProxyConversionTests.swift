import Testing

@testable import ProxyConfiguration

@Suite struct ProxyConversionTests {
    @Test(
        "Without mcpProxy the file is refused, as in the Go program",
        arguments: ["{}", #"{"mcpProxy": null}"#, #"{"mcpServers": {"a": {"command": "a"}}}"#])
    func proxyRequired(text: String) throws {
        let found = errors(text)
        #expect(found.map(\.keyPath) == ["mcpProxy"])
        #expect(found.first?.message == "mcpProxy is required")
    }

    @Test("A file without servers is a warning", arguments: ["", #", "mcpServers": null"#, #", "mcpServers": {}"#])
    func noServers(members: String) throws {
        let loaded = try load("{\"mcpProxy\": {}\(members)}")
        #expect(loaded.settings.servers.isEmpty)
        #expect(loaded.warnings.map(\.message) == ["there are no servers"])
    }

    @Test(
        "The advertised transport is sse unless the file says otherwise",
        arguments: [
            ("", AdvertisedTransport.sse), (#""type": """#, .sse), (#""type": "sse""#, .sse),
            (#""type": "streamable-http""#, .streamableHTTP),
        ])
    func advertised(members: String, expected: AdvertisedTransport) throws {
        let loaded = try load(proxyDocument(members))
        #expect(loaded.settings.advertised == expected)
        #expect(loaded.warnings.isEmpty)
    }

    @Test(
        "Other spellings of it are accepted with a warning", arguments: ["http", "streamable_http", "streamableHttp"])
    func advertisedAliases(word: String) throws {
        let loaded = try load(proxyDocument("\"type\": \"\(word)\""))
        #expect(loaded.settings.advertised == .streamableHTTP)
        #expect(loaded.warnings.map(\.suggestion) == [#"Write "streamable-http""#])
    }

    @Test("An unknown advertised transport is refused", arguments: ["grpc", "SSE", "stdio"])
    func advertisedUnknown(word: String) {
        #expect(errors(proxyDocument("\"type\": \"\(word)\"")).map(\.keyPath) == ["mcpProxy.type"])
    }

    @Test("Disabling servers by default is a warning, since the Go program ignores it")
    func disabledByDefault() throws {
        let loaded = try load(proxyDocument(#""options": {"disabled": true}"#))
        #expect(loaded.settings.servers.map(\.options.disabled) == [true])
        #expect(loaded.warnings.map(\.keyPath) == ["mcpProxy.options.disabled"])
    }

    @Test("Empty texts count as left out, as in the Go program")
    func emptyTexts() throws {
        let settings = try load(proxyDocument(#""name": "", "version": "", "addr": "", "baseURL": "", "type": """#))
            .settings
        #expect(settings == (try load(proxyDocument("")).settings))
    }
}
