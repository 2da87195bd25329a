import Testing

@testable import ProxyConfiguration

@Suite struct ServerSettingsTests {
    private let transport = ServerTransport.stdio(
        command: "npx", arguments: [], environment: [:], workingDirectory: nil)

    @Test("Nothing but a name and a transport has to be given")
    func defaults() {
        let settings = ServerSettings(name: "fetch", transport: transport)
        #expect(settings.isolation == nil)
        #expect(settings.protocolEra == .auto)
        #expect(settings.options == ServerOptions())
    }

    @Test("A token in the name is masked wherever the settings are printed")
    func masksName() {
        let settings = ServerSettings(name: "fetch/canary", transport: transport)
        #expect(settings.displayName == "fetch/***")
        var text = "\(settings)" + String(reflecting: settings) + "\(ProxySettings(servers: [settings]))"
        dump(ProxySettings(servers: [settings]), to: &text)
        #expect(!text.contains("canary"))
        #expect("\(settings)" == "fetch/*** (stdio npx)")
    }
}
