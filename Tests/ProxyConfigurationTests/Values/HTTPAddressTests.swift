import Testing

@testable import ProxyConfiguration

@Suite struct HTTPAddressTests {
    @Test("An address is taken into its parts")
    func parts() throws {
        let address = try HTTPAddress("HTTPS://Example.COM:8443/a/b?x=<Y>&z=%2F#f")
        #expect(address.scheme == "https" && address.host == "example.com" && address.port == 8443)
        #expect(address.path == "/a/b" && address.hasQuery && address.hasFragment)
        #expect(address.origin == "https://example.com:8443")
        let bare = try HTTPAddress("http://[::1]")
        #expect(bare.host == "[::1]" && bare.port == nil && bare.path.isEmpty && !bare.hasQuery && !bare.hasFragment)
        let questioned = try HTTPAddress("http://a?b/c@d")
        #expect(questioned.host == "a" && questioned.path.isEmpty && questioned.hasQuery)
    }

    @Test(
        "An origin has no default port",
        arguments: [
            ("http://a:80/x", "http://a"), ("https://a:443", "https://a"), ("http://a:443", "http://a:443"),
            ("https://a:80", "https://a:80"),
        ])
    func origin(text: String, origin: String) throws {
        #expect(try HTTPAddress(text).origin == origin)
    }

    @Test(
        "An address that cannot be used is refused with the reason",
        arguments: [
            ("", HTTPAddress.Fault.noScheme), ("example.com", .noScheme), ("//example.com", .noScheme),
            ("://a", .noScheme),
            ("1http://a", .noScheme), ("ftp://a", .otherScheme), ("file:///etc/passwd", .otherScheme),
            ("ws://a", .otherScheme),
            ("http://", .noHost), ("http:///path", .noHost), ("https://?q", .noHost), ("http://:80", .noHost),
            ("http://user:pass@a", .userInfo), ("http://user@a", .userInfo), ("http://@a", .userInfo),
            ("http://a b", .forbiddenCharacter), ("http://ä", .forbiddenCharacter),
            ("http://a/\n", .forbiddenCharacter),
            ("http:\\\\a", .forbiddenCharacter), ("http://a/\u{0}", .forbiddenCharacter),
            ("http://a/%", .badPercentEncoding),
            ("http://a/%2", .badPercentEncoding), ("http://a/?%zz", .badPercentEncoding), ("http://a:0", .badPort),
            ("http://a:65536", .badPort), ("http://a:x", .badPort), ("http://a:", .badPort), ("http://::1/", .badPort),
            ("http://a%2eb", .badHost), ("http://[::1", .badHost), ("http://[x::]", .badHost), ("http://a,b", .badHost),
            ("http://{host}/", .badHost),
        ])
    func refusals(text: String, fault: HTTPAddress.Fault) {
        #expect(throws: fault) { try HTTPAddress(text) }
    }
}
