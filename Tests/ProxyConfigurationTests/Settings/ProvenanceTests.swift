import Testing

@testable import ProxyConfiguration

@Suite struct ProvenanceTests {
    @Test("Every server of a configuration is the operator's own, whichever format it is written in")
    func configuration() throws {
        let loaded = try load(
            #"{"mcpProxy": {}, "mcpServers": {"a": {"command": "b"}, "c": {"url": "https://d"}}}"#)
        #expect(loaded.settings.servers.map(\.provenance.kind) == [.operatorsOwn, .operatorsOwn])
    }

    @Test("A server that comes over the API is somebody else's, templates of the operator included")
    func dynamic() throws {
        let proxy = ProxySettings(
            management: ManagementSettings(templates: ["git": CommandTemplate(command: "uvx")]))
        for text in [#"{"url": "https://a"}"#, #"{"command": "a"}"#, #"{"template": "git"}"#] {
            #expect(try loadDynamic(text, proxy: proxy).settings.provenance.kind == .somebodyElses)
        }
    }

    @Test("Settings that were made in no such way are somebody else's")
    func made() {
        let transport = ServerTransport.http(url: "https://a", headers: [], timeout: nil, kind: .detect)
        #expect(ServerSettings(name: "a", transport: transport).provenance.kind == .somebodyElses)
    }
}
