import Testing

@testable import ProxyConfiguration

@Suite struct AddressConversionTests {
    @Test(
        "An address to listen on is a port with or without a host",
        arguments: [
            (":9090", nil, 9090), ("127.0.0.1:9090", "127.0.0.1", 9090), ("localhost:8080", "localhost", 8080),
            ("[::1]:9090", "::1", 9090),
            ("0.0.0.0:9090", "0.0.0.0", 9090), ("[::]:1", "::", 1), ("Host:0", "host", 0),
        ] as [(String, String?, Int)])
    func addresses(text: String, host: String?, port: Int) throws {
        #expect(
            try load(proxyDocument("\"addr\": \"\(text)\"")).settings.address
                == ListenAddress(host: host, port: port, isExplicit: true))
    }

    @Test("Without addr only this machine can reach the proxy", arguments: ["", #""addr": """#, #""addr": null"#])
    func defaultAddress(members: String) throws {
        #expect(
            try load(proxyDocument(members)).settings.address
                == ListenAddress(host: "127.0.0.1", port: 9090, isExplicit: false))
    }

    @Test(
        "The metrics are not served where the proxy itself listens",
        arguments: [
            (":9090", ":9090", true), ("127.0.0.1:9090", ":9090", true), ("0.0.0.0:9090", "[::1]:9090", true),
            ("127.0.0.1:9090", "127.0.0.1:9091", false), ("127.0.0.1:9090", "[::1]:9090", false),
            (":0", ":0", false), ("unix:/run/mcp-proxy.sock", ":9090", false),
        ])
    func metricsAddress(proxy: String, metrics: String, isRefused: Bool) {
        let found = errors(proxyDocument("\"addr\": \"\(proxy)\", \"metrics\": {\"addr\": \"\(metrics)\"}"))
        #expect(found.map(\.keyPath) == (isRefused ? ["mcpProxy.metrics.addr"] : []), "\(found)")
    }

    @Test(
        "A bad address is refused with a correct one",
        arguments: [
            ("9090", "\":9090\""), ("::1:9090", "[::1]:9090"), ("localhost", "\":9090\""),
            ("http://localhost:9090", "\":9090\""),
            (":99999", "\":9090\""), (":http", "\":9090\""), ("[::1]", "\":9090\""), ("*:9090", "\":9090\""),
            ("a b:1", "\":9090\""), ("[]:1", "\":9090\""),
        ])
    func badAddresses(text: String, suggested: String) throws {
        let found = try #require(errors(proxyDocument("\"addr\": \"\(text)\"")).first)
        #expect(found.keyPath == "mcpProxy.addr")
        #expect(found.suggestion?.contains(suggested) == true, "\(found)")
    }

    @Test(
        "A base URL gives the prefix of routes and the origin",
        arguments: [
            ("https://mcp.example.com", "", "https://mcp.example.com"),
            ("https://mcp.example.com/", "", "https://mcp.example.com"),
            ("HTTP://A:80/x/y/", "/x/y", "http://a"), ("http://a:8080//x//y", "/x/y", "http://a:8080"),
        ])
    func baseURLs(text: String, prefix: String, origin: String) throws {
        #expect(
            try load(proxyDocument("\"baseURL\": \"\(text)\"")).settings.baseURL
                == BaseURL(text: text, pathPrefix: prefix, origin: origin))
    }

    @Test(
        "Without a base URL there is neither prefix nor origin",
        arguments: ["", #""baseURL": """#, #""baseURL": null"#])
    func noBaseURL(members: String) throws {
        #expect(try load(proxyDocument(members)).settings.baseURL == BaseURL())
    }

    @Test("A base URL that is a path only is taken with a warning, as in the Go program")
    func pathOnly() throws {
        let loaded = try load(proxyDocument(#""baseURL": "/prefix/""#))
        #expect(loaded.settings.baseURL == BaseURL(text: "/prefix/", pathPrefix: "/prefix", origin: nil))
        #expect(loaded.warnings.map(\.keyPath) == ["mcpProxy.baseURL"])
    }

    @Test("A query or fragment of a base URL is a warning")
    func extras() throws {
        let loaded = try load(proxyDocument(#""baseURL": "https://a/x?y#z""#))
        #expect(loaded.settings.baseURL.pathPrefix == "/x")
        #expect(loaded.warnings.count == 1)
    }

    @Test(
        "A base URL that cannot be used is refused",
        arguments: [
            "mcp.example.com", "//a", "ftp://a", "https://", "https://u:p@a", "https://a/..", "https://a/%20", "/a b",
        ])
    func badBaseURLs(text: String) {
        #expect(errors(proxyDocument("\"baseURL\": \"\(text)\"")).map(\.keyPath) == ["mcpProxy.baseURL"])
    }

    @Test("Allowed hosts and origins are kept in lower case")
    func allowed() throws {
        let settings = try load(
            proxyDocument(
                #""allowedHosts": ["MCP.internal", "a:8443", "[::1]"], "allowedOrigins": ["https://App.example.com/", "http://a:80", "vscode-webview://ABC", "https://b:8443"]"#
            )
        ).settings
        #expect(settings.allowedHosts == ["mcp.internal", "a:8443", "[::1]"])
        #expect(
            settings.allowedOrigins == [
                "https://app.example.com", "http://a", "vscode-webview://abc", "https://b:8443",
            ])
    }

    @Test(
        "Wildcards and whatever is no host are refused",
        arguments: ["*", "*.example.com", "", "https://a", "a/b", "::1", "a:x"])
    func badHosts(host: String) {
        #expect(errors(proxyDocument("\"allowedHosts\": [\"\(host)\"]")).map(\.keyPath) == ["mcpProxy.allowedHosts[0]"])
    }

    @Test(
        "Wildcards and whatever is no origin are refused",
        arguments: [
            "*", "null", "", "a.example.com", "https://a/path", "https://", "https://*.a", "https://u@a", "://a",
        ])
    func badOrigins(origin: String) {
        #expect(
            errors(proxyDocument("\"allowedOrigins\": [\"\(origin)\"]")).map(\.keyPath) == [
                "mcpProxy.allowedOrigins[0]"
            ])
    }
}
