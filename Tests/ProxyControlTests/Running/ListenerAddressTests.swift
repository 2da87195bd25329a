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
}
