import Testing

@testable import ProxyConfiguration

@Suite struct DeprecatedConversionTests {
    private let text = #"""
        {
          "server": {"baseURL": "https://a/p", "addr": ":1234", "name": "n", "version": "2", "globalAuthTokens": ["global-0123456789"]},
          "clients": {
            "one": {"type": "stdio", "config": {"command": "npx", "args": ["-y"], "env": {"A": "b"}},
                    "panicIfInvalid": true, "logEnabled": true, "authTokens": ["own-0123456789abc"]},
            "two": {"type": "sse", "config": {"url": "https://a/sse", "headers": {"H": "v"}}},
            "three": {"type": "streamable-http", "config": {"url": "https://a/mcp", "timeout": 30000000000}}
          }
        }
        """#

    @Test("A file of version 1 is read in full, with a notice")
    func converts() throws {
        let loaded = try load(text)
        let settings = loaded.settings
        #expect(settings.baseURL == BaseURL(text: "https://a/p", pathPrefix: "/p", origin: "https://a"))
        #expect(settings.address == ListenAddress(host: nil, port: 1234, isExplicit: true))
        #expect(settings.name == "n" && settings.version == "2" && settings.advertised == .streamableHTTP)
        #expect(settings.options.authTokens == [Secret("global-0123456789")])
        #expect(settings.servers.map(\.name) == ["one", "two", "three"])
        #expect(
            settings.servers[0].transport
                == .stdio(command: "npx", arguments: ["-y"], environment: ["A": Secret("b")], workingDirectory: nil))
        #expect(
            settings.servers[1].transport
                == .http(
                    url: "https://a/sse", headers: [HeaderField(name: "H", value: Secret("v"))], timeout: nil,
                    kind: .sse))
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.notices.count == 2)
        #expect(loaded.notices.allSatisfy { $0.contains("version 2") })
    }

    @Test("What the Go program loses is kept: panicIfInvalid, logEnabled and the transport")
    func keeps() throws {
        let servers = try load(text).settings.servers
        #expect(servers[0].options.panicIfInvalid && servers[0].options.logEnabled)
        #expect(!servers[1].options.panicIfInvalid && !servers[1].options.logEnabled)
        #expect(
            servers[2].transport
                == .http(url: "https://a/mcp", headers: [], timeout: .seconds(30), kind: .streamableHTTP))
    }

    @Test("The global tokens open every client besides its own")
    func tokens() throws {
        let tokens = try load(text).settings.servers.map { $0.options.authTokens.map { $0.reveal() } }
        #expect(tokens == [["own-0123456789abc", "global-0123456789"], ["global-0123456789"], ["global-0123456789"]])
    }

    @Test(
        "A client that the Go program would leave out is reported",
        arguments: [
            (#"{"config": {"command": "a"}}"#, "clients.x.type"),
            (#"{"type": "grpc", "config": {}}"#, "clients.x.type"),
            (#"{"type": "stdio"}"#, "clients.x.config"), (#"{"type": "stdio", "config": []}"#, "clients.x.config"),
            (#"{"type": "stdio", "config": {}}"#, "clients.x.config.command"),
            (#"{"type": "sse", "config": {"command": "a"}}"#, "clients.x.config.url"),
            (#"{"type": "sse", "config": {"url": 1}}"#, "clients.x.config.url"),
            (#"{"type": "stdio", "config": {"url": "https://a"}}"#, "clients.x.config.command"),
            ("null", "clients.x"), (#"{"type": "sse", "config": {"url": "ftp://a"}}"#, "clients.x.config.url"),
        ])
    func reports(client: String, path: String) {
        #expect(errors("{\"server\": {}, \"clients\": {\"x\": \(client)}}").map(\.keyPath) == [path])
    }

    @Test("The type of a client decides, even if both command and url are there")
    func typeDecides() throws {
        let client = #"{"type": "sse", "config": {"command": "a", "url": "https://a"}}"#
        let servers = try load("{\"server\": {}, \"clients\": {\"x\": \(client)}}").settings.servers
        #expect(servers.first?.transport == .http(url: "https://a", headers: [], timeout: nil, kind: .sse))
    }

    @Test("Where both versions are present the newer wins, with a notice")
    func bothVersions() throws {
        let loaded = try load(
            #"{"server": {"name": "old"}, "clients": {"old": {"type": "x"}}, "mcpProxy": {"name": "new"}, "mcpServers": {"new": {"command": "a"}}}"#
        )
        #expect(loaded.settings.name == "new")
        #expect(loaded.settings.servers.map(\.name) == ["new"])
        #expect(loaded.notices.count == 2 && loaded.notices.allSatisfy { $0.contains("was not read") })
    }

    @Test("What the newer version puts out of force is not checked")
    func notChecked() throws {
        let text =
            #"{"server": {"globalAuthTokens": [""], "zzz": 1}, "mcpProxy": {}, "mcpServers": {"a": {"command": "a"}}}"#
        #expect(try load(text).warnings.isEmpty)
    }

    @Test("Global tokens open clients of version 1 even beside a newer mcpProxy, as in the Go program")
    func globalTokensBesideNewerProxy() throws {
        let client = #"{"type": "stdio", "config": {"command": "a"}}"#
        let loaded = try load(
            "{\"server\": {\"globalAuthTokens\": [\"0123456789abcdef\"]}, \"mcpProxy\": {}, \"clients\": {\"a\": \(client)}}"
        )
        #expect(loaded.settings.servers.map(\.options.authTokens) == [[Secret("0123456789abcdef")]])
        #expect(loaded.notices.count == 3)
    }

    @Test("The two halves may be of different versions, as in the Go program")
    func mixed() throws {
        let old = try load(
            #"{"mcpProxy": {"options": {"logEnabled": true}}, "mcpServers": {}, "clients": {"x": {"type": "stdio", "config": {"command": "a"}}}}"#
        )
        #expect(old.settings.servers.map(\.options.logEnabled) == [true])
        let new = try load(
            #"{"server": {"globalAuthTokens": ["0123456789abcdef"]}, "mcpServers": {"x": {"command": "a"}}}"#)
        #expect(new.settings.servers.map(\.options.authTokens) == [[Secret("0123456789abcdef")]])
    }

    @Test("Names of clients are checked and masked like those of servers")
    func names() {
        let found = problems(
            #"{"server": {}, "clients": {"a/canary": {"type": "stdio", "config": {}}, "mcp": {"type": "stdio", "config": {"command": "a"}}}}"#
        )
        #expect(found.map(\.keyPath) == ["clients.a/***.config.command", "clients.mcp"])
    }
}
