import Testing

@testable import ProxyConfiguration

@Suite struct ProxyConversionTests {
    @Test("Without mcpProxy the defaults hold")
    func proxyLeftOut() throws {
        let loaded = try load(#"{"mcpServers": {"a": {"command": "a"}}}"#)
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.settings.address == ListenAddress() && loaded.settings.servers.map(\.name) == ["a"])
    }

    @Test(
        "A file with neither mcpProxy nor servers is refused",
        arguments: ["{}", #"{"mcpProxy": null}"#, #"{"name": "package", "version": "1"}"#])
    func noConfiguration(text: String) throws {
        #expect(errors(text).map(\.keyPath) == ["mcpServers"])
    }

    @Test(
        "A misspelled mcpProxy is refused, so that its tokens do not go unread",
        arguments: ["mcpProxi", "mcp_proxy", "mcp-proxy", "mcProxy"])
    func misspelled(key: String) {
        let found = problems("{\"\(key)\": {}, \"mcpServers\": {\"a\": {\"command\": \"a\"}}}")
        #expect(found.map(\.suggestion) == ["Did you mean \"mcpProxy\"?"])
        #expect(found.map(\.severity) == [.error])
    }

    @Test(
        "A misspelled mcpServers is refused, so that nothing runs on without its servers",
        arguments: ["mcpServer", "mcp-servers", "mcpServrs"], ["", #""mcpProxy": {}, "#])
    func misspelledServers(key: String, others: String) {
        let found = problems("{\(others)\"\(key)\": {\"a\": {\"command\": \"a\", \"trust\": true}}}")
        #expect(found.first { $0.severity == .error }?.suggestion == "Did you mean \"mcpServers\"?")
        #expect(found.map(\.keyPath) == [key, "mcpServers.a"], "what is below is read as well")
    }

    @Test("What is wrong below a misspelled key is told at once, and only the first of two slips is taken")
    func belowMisspelled() {
        let found = problems(#"{"mcpProxi": {"addr": "x"}, "mcpProxies": {}, "mcpServers": {"a": {"command": "a"}}}"#)
        #expect(found.map(\.keyPath) == ["mcpProxi", "mcpProxy.addr", "mcpProxies"])
    }

    @Test("A misspelled mcpServers without servers is one message", arguments: ["{}", "null", "5"])
    func misspelledWithoutServers(value: String) {
        for others in ["", #""mcpProxy": {}, "#] {
            #expect(problems("{\(others)\"mcpSrvrs\": \(value)}").map(\.keyPath) == ["mcpSrvrs"])
        }
    }

    @Test("A misspelled mcpProxy is refused whatever stands there", arguments: ["null", "5", "[]", "${P}"])
    func misspelledValue(value: String) {
        let found = errors(
            "{\"mcpProxi\": \(value), \"mcpServers\": {\"a\": {\"command\": \"a\"}}}",
            environment: ["P": #"{"addr": ":1"}"#])
        #expect(found.first?.suggestion == "Did you mean \"mcpProxy\"?")
    }

    @Test("A token in a name below a misspelled key is not shown")
    func tokenBelowMisspelled() {
        let found = problems(#"{"mcpServer": {"a/canary": {"cmmand": "a"}}}"#)
        #expect(!found.isEmpty && !"\(found)".contains("canary"))
    }

    @Test("With the right key beside it, a slip is a warning")
    func besideTheRightKey() throws {
        let loaded = try load(#"{"mcpProxi": {}, "mcpProxy": {}, "mcpServers": {"a": {"command": "a"}}}"#)
        #expect(loaded.warnings.map(\.keyPath) == ["mcpProxi"])
    }

    @Test("Servers of the wrong kind are one error", arguments: ["[\"a\"]", "\"a\"", "7"])
    func wrongServers(value: String) {
        #expect(problems("{\"mcpServers\": \(value)}").map(\.keyPath) == ["mcpServers"])
    }

    @Test("A file without servers is a warning", arguments: ["", #", "mcpServers": null"#, #", "mcpServers": {}"#])
    func noServers(members: String) throws {
        let loaded = try load("{\"mcpProxy\": {}\(members)}")
        #expect(loaded.settings.servers.isEmpty)
        #expect(loaded.warnings.map(\.message) == ["there are no servers"])
    }

    @Test(
        "The advertised transport is streamable HTTP unless the file says otherwise",
        arguments: [
            ("", AdvertisedTransport.streamableHTTP), (#""type": """#, .streamableHTTP), (#""type": "sse""#, .sse),
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

    @Test("Title and icons are passed on as they are written")
    func whoWeAre() throws {
        let loaded = try load(
            proxyDocument(#""title": "T", "icons": [{"src": "https://a/i.png", "sizes": ["any"], "x": null}]"#))
        #expect(loaded.warnings.isEmpty && loaded.settings.title == "T")
        let icons = loaded.settings.icons.map { String(decoding: $0, as: UTF8.self) }
        #expect(icons == #"[{"src":"https://a/i.png","sizes":["any"],"x":null}]"#)
        for none in [#""title": "", "icons": []"#, #""title": null, "icons": null"#, ""] {
            let settings = try load(proxyDocument(none)).settings
            #expect(settings.title == nil && settings.icons == nil)
        }
    }

    @Test(
        "Icons that are no list of objects with an address are refused",
        arguments: [
            ("{}", "icons"), ("[1]", "icons[0]"), (#"[{"src": "a"}, {}]"#, "icons[1].src"),
            (#"[{"src": ""}]"#, "icons[0].src"), (#"[{"src": 1}]"#, "icons[0].src"), (#"[null]"#, "icons[0]"),
        ])
    func badIcons(icons: String, path: String) {
        #expect(errors(proxyDocument("\"icons\": \(icons)")).map(\.keyPath) == ["mcpProxy.\(path)"])
    }
}
