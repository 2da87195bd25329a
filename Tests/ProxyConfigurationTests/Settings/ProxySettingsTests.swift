import Testing

@testable import ProxyConfiguration

@Suite struct ProxySettingsTests {
    @Test("Settings made of nothing are the documented defaults")
    func defaults() {
        let settings = ProxySettings()
        #expect(settings.baseURL == BaseURL(text: nil, pathPrefix: "", origin: nil))
        #expect(settings.address == ListenAddress(host: "127.0.0.1", port: 9090, isExplicit: false))
        #expect(settings.name == "mcp-proxy")
        #expect(settings.version == "1.0.0")
        #expect(settings.advertised == .streamableHTTP)
        #expect(settings.options == ServerOptions())
        #expect(settings.limits == Limits())
        #expect(settings.allowedHosts.isEmpty && settings.allowedOrigins.isEmpty && settings.servers.isEmpty)
    }

    @Test("Options made of nothing ask for no token, log nothing and filter nothing")
    func optionDefaults() {
        let options = ServerOptions()
        #expect(!options.panicIfInvalid && !options.logEnabled && !options.disabled)
        #expect(options.authTokens.isEmpty && options.toolFilter == nil)
    }

    @Test("An empty mcpProxy object gives the defaults")
    func emptyObject() throws {
        var settings = try load(proxyDocument("")).settings
        settings.servers = []
        #expect(settings == ProxySettings())
    }
}
