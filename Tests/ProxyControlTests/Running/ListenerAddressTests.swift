import MCPFrontEnd
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// Whom a listener's address lets in.
@Suite struct ListenerAddressTests {
    @Test(
        "Only an address of this machine's loopback, or the name that stands for it everywhere, is loopback",
        arguments: [
            ("127.0.0.1", true), ("127.8.9.10", true), ("LocalHost", true), ("::1", true), ("[::1]", true),
            ("127.0.0.1.example.com", false), ("127.0.0", false), ("127.0.0.256", false), ("0.0.0.0", false),
            ("localhost.example.com", false), (nil, false),
        ] as [(String?, Bool)])
    func loopback(host: String?, expected: Bool) {
        #expect(ListenerAddress.isLoopback(host) == expected)
    }

    @Test(
        "The host of an origin is what stands between the scheme and the port",
        arguments: [
            ("https://a.example:8443", "a.example"), ("http://a.example", "a.example"), ("http://[::1]:90", "[::1]"),
            ("a.example", nil),
        ] as [(String, String?)])
    func host(origin: String, expected: String?) {
        #expect(ListenerAddress.host(ofOrigin: origin) == expected)
    }

    private func settings(_ change: (inout ProxySettings) -> Void) -> ProxySettings {
        var settings = ProxySettings()
        change(&settings)
        return settings
    }

    @Test("Addresses are shown with https:// where the proxy itself serves TLS")
    func base() {
        let tls = ListenerTLSSettings(certificateFile: "x")
        #expect(ListenerAddress.base(settings { _ in }, port: 1) == "http://127.0.0.1:1")
        #expect(ListenerAddress.base(settings { $0.tls = tls }, port: 1) == "https://127.0.0.1:1")
        let six = settings { $0.address.host = "::1" }
        #expect(ListenerAddress.base(six, port: 1) == "http://[::1]:1")
        #expect(ListenerAddress.isLocal(six))
    }

    @Test("A Unix socket is this machine's alone, unless a public name leads to it")
    func unixSocket() {
        let socket = settings { $0.address = ListenAddress(host: nil, port: 0, socketPath: "/run/x") }
        #expect(ListenerAddress.isLocal(socket))
        #expect(ListenerAddress.bound(socket, port: 0) == "unix:/run/x")
        #expect(ListenerAddress.place(socket) == .unixSocket("/run/x"))
        var published = socket
        published.baseURL = BaseURL(text: "https://a", origin: "https://mcp.example.com")
        #expect(!ListenerAddress.isLocal(published))
    }
}
