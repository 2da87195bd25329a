import Addresses
import Testing

@testable import ProxyConfiguration

@Suite struct EgressConversionTests {
    private func egress(_ members: String) throws -> ServerEgress? {
        try server(#""url": "https://a.example/", \#(members)"#)?.egress
    }

    @Test("Nothing written is what the environment says")
    func plain() throws {
        #expect(try server(#""url": "https://a.example/""#)?.egress == ServerEgress())
        #expect(try egress(#""proxy": "", "trustedCAFile": "", "insecureSkipVerify": false"#) == ServerEgress())
    }

    @Test("A proxy is one for this server, or none", arguments: ["none", "None", "NONE"])
    func proxy(none: String) throws {
        #expect(try egress(#""proxy": "\#(none)""#)?.proxy == ServerEgress.Proxy.none)
        let proxy = try ForwardProxy("http://u:p@proxy:3128")
        #expect(try egress(#""proxy": "http://u:p@proxy:3128/""#)?.proxy == .one(proxy))
    }

    @Test(
        "A proxy that cannot be used is refused, and never shown",
        arguments: ["socks5://canary", "https://canary", "http://u:canary%@p", "http://p/canary", "http://p:canary"])
    func badProxy(text: String) {
        let found = errors(serverDocument(#""url": "https://a.example/", "proxy": "\#(text)""#))
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.proxy"])
        #expect(found.first?.suggestion?.hasSuffix(#", or "none" for no proxy"#) == true)
        #expect(!"\(found)".contains("canary"))
    }

    @Test("Files with certificates are for one server or all")
    func files() throws {
        #expect(try egress(#""trustedCAFile": "ca.pem""#)?.trustedCAFile == "ca.pem")
        #expect(try load(proxyDocument(#""trustedCAFile": "/ca.pem""#)).settings.trustedCAFile == "/ca.pem")
        #expect(errors(proxyDocument(#""trustedCAFile": "a\u0000b""#)).map(\.keyPath) == ["mcpProxy.trustedCAFile"])
        #expect(errors(proxyDocument(#""trustedCAFile": ["a"]"#)).count == 1)
    }

    @Test("A certificate that is not verified is a warning that says what that means")
    func unverified() throws {
        let members = #""url": "https://a.example/", "insecureSkipVerify": "true""#
        #expect(try server(members)?.egress.skipsVerification == true)
        let found = warnings(serverDocument(members))
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.insecureSkipVerify"])
        #expect(found.first?.message.contains("not verified") == true)
        #expect(found.first?.suggestion?.contains("trustedCAFile") == true)
    }

    @Test("What has no effect is a warning")
    func withoutEffect() {
        let all =
            #""proxy": "http://p", "trustedCAFile": "x", "clientCertificateFile": "y", "insecureSkipVerify": true"#
        let command = warnings(serverDocument(#""command": "x", \#(all)"#)).map(\.keyPath)
        #expect(
            command
                == ["proxy", "trustedCAFile", "clientCertificateFile", "insecureSkipVerify"].map {
                    "mcpServers.fetch.\($0)"
                })
        let plain = warnings(serverDocument(#""url": "http://a.example/", \#(all)"#)).map(\.keyPath)
        #expect(
            plain == ["trustedCAFile", "clientCertificateFile", "insecureSkipVerify"].map { "mcpServers.fetch.\($0)" })
        let near = warnings(serverDocument(#""url": "http://127.0.0.1/", "proxy": "http://p""#)).map(\.keyPath)
        #expect(near == ["mcpServers.fetch.proxy"])
    }

    @Test(
        "Who adds a server over the API has no say in it",
        arguments: [
            #""proxy": "http://p""#, #""proxy": "none""#, #""trustedCAFile": "/etc/passwd""#,
            #""clientCertificateFile": "/etc/passwd""#,
            #""insecureSkipVerify": true"#, #""insecureSkipVerify": false"#,
        ])
    func foreign(member: String) {
        let found = dynamicErrors(#"{"url": "https://a.example/", \#(member)}"#)
        #expect(found.contains { $0.message.contains("operator's own configuration only") })
    }
}
