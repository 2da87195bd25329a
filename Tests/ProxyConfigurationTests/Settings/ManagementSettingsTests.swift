import Testing

@testable import ProxyConfiguration

@Suite struct ManagementSettingsTests {
    @Test("Every default is the documented one")
    func defaults() {
        let settings = ProxySettings().management
        #expect(settings.authTokens == nil)
        #expect(settings.stdio == .allow && settings.remote == .allow && settings.adHoc == .allow)
        #expect(settings.allowAddresses.isEmpty && settings.templates.isEmpty)
        #expect(settings.maxServers == 64)
        #expect(settings.maxAdHocServers == 32)
        #expect(settings.maxServersPerPrincipal == 32)
        #expect(settings.maxChangesPerMinute == 60)
        #expect(settings.watch)
        #expect(settings.pollInterval == .seconds(30))
        #expect(settings.drainTimeout == .seconds(10))
    }

    @Test("Every property has a key, and every key a property")
    func keys() {
        let properties = Mirror(reflecting: ManagementSettings()).children.compactMap(\.label)
        #expect(properties.sorted() == KeyScope.management.keys.map(\.name).sorted())
    }

    @Test("The management interface has its own tokens, or those of the proxy")
    func tokens() {
        var settings = ProxySettings(options: ServerOptions(authTokens: [Secret("proxy")]))
        #expect(settings.managementTokens == [Secret("proxy")])
        settings.management.authTokens = [Secret("own")]
        #expect(settings.managementTokens == [Secret("own")])
    }
}
