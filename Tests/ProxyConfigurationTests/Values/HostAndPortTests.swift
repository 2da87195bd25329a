import Testing

@testable import ProxyConfiguration

@Suite struct HostAndPortTests {
    @Test(
        "A host may have a port and may be missing",
        arguments: [
            ("a:1", "a", 1), ("A.b-c_d", "a.b-c_d", nil), (":9090", "", 9090), ("", "", nil), ("[::1]:80", "[::1]", 80),
            ("[FE80::1%eth0]", "[fe80::1%eth0]", nil),
            ("a:0", "a", 0), ("a:65535", "a", 65_535),
        ] as [(String, String, Int?)])
    func reads(text: String, host: String, port: Int?) throws {
        let parts = try #require(HostAndPort(text))
        #expect(parts.host == host)
        #expect(parts.port == port)
    }

    @Test(
        "What is no host with a port is refused",
        arguments: [
            "a:", "a:x", "a:-1", "a:+1", "a:65536", "a:000080", "::1", "[::1", "[a]", "[::1]x", "[::1]:", "a/b", "a b",
            "*", "a:1:2",
        ])
    func refuses(text: String) {
        #expect(HostAndPort(text) == nil)
    }
}
