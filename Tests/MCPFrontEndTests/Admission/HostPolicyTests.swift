import MCPTestSupport
import Testing

@testable import MCPFrontEnd

@Suite struct HostPolicyTests {
    private let local = HostPolicy(hosts: [], origins: [], acceptsAddresses: false)
    private let named = HostPolicy(
        hosts: ["Proxy.example.com"], origins: ["https://app.example.com"], acceptsAddresses: false)
    private let open = HostPolicy(hosts: [], origins: [], acceptsAddresses: true)

    @Test(
        "Loopback names are accepted with any port",
        arguments: ["localhost", "LOCALHOST", "localhost:9090", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:65535"])
    func loopback(host: String) {
        #expect(local.acceptsHost(host) && named.acceptsHost(host) && open.acceptsHost(host))
    }

    @Test(
        "Other names and addresses are refused",
        arguments: [
            "evil.com", "127.0.0.1.evil.com", "localhost.evil.com", "evil.com:9090", "localhost.", "127.0.0.1.",
            "127.0.0.2",
            "0.0.0.0", "[::]", "[::2]", "10.0.0.1", "2130706433", "0x7f.1", "127.1", "xn--localhost-", "localhos",
            "proxy.example.com.evil.com", "evilproxy.example.com", "[fe80::1]", "[::ffff:10.0.0.1]",
        ])
    func foreign(host: String) {
        #expect(!local.acceptsHost(host))
        #expect(!named.acceptsHost(host))
    }

    @Test(
        "What is no host is refused, also where addresses are accepted",
        arguments: [
            "", " ", ":", ":80", "localhost:", "localhost:80:80", "localhost:x", "localhost:+80", "localhost:-1",
            "localhost:65536", "localhost:8 0", "localhost ", " localhost", "localhost/", "localhost/x", "localhost?x",
            "localhost#", "user@localhost", "http://localhost", "localhost,evil.com", "[::1", "::1", "[::1]x", "[::1]:",
            "[localhost]", "[]", "[::1]:x", "[:::::]", "[1.2.3.4]", "[::1%25lo]", "loc\u{0}alhost", "l\u{F6}calhost",
            "\u{212A}", "localhost\r\nX: y", "127.0.0.1:80\t", "[[::1]]", "%6cocalhost", "*",
        ])
    func malformed(host: String) {
        #expect(!local.acceptsHost(host))
        #expect(!open.acceptsHost(host))
    }

    @Test("Configured names are accepted with any port and in any case")
    func configured() {
        for host in ["proxy.example.com", "PROXY.example.COM:443"] {
            #expect(named.acceptsHost(host))
            #expect(!local.acceptsHost(host))
        }
    }

    @Test("Bare addresses are accepted where others may reach the listener, names are not")
    func addresses() {
        for host in ["10.0.0.1", "10.0.0.1:80", "[fe80::1]", "[2001:db8::1]:443", "255.255.255.255"] {
            #expect(open.acceptsHost(host))
        }
        for host in ["256.0.0.1", "1.2.3", "1.2.3.4.5", "evil.com", "1.2.3.4.evil.com"] {
            #expect(!open.acceptsHost(host))
        }
    }

    @Test(
        "Origins of loopback and of configured names are accepted",
        arguments: [
            "http://localhost", "http://localhost:3000", "https://127.0.0.1:8443", "http://[::1]:80",
            "HTTP://LOCALHOST",
            "https://app.example.com", "https://proxy.example.com",
        ])
    func origins(origin: String) {
        #expect(named.acceptsOrigin(origin))
    }

    @Test(
        "Every other origin is refused",
        arguments: [
            "null", "", "*", "http://evil.com", "https://localhost.evil.com", "http://localhost@evil.com", "localhost",
            "http://", "http://localhost/", "http://localhost:80/x", "file://", "ftp://localhost",
            "chrome-extension://abc",
            "http://localhost http://evil.com", "http://localhost,http://evil.com", "http://app.example.com:x",
            "https://app.example.com.evil.com", "http:localhost", "http://[::1", "https://app.example.com/",
        ])
    func foreignOrigins(origin: String) {
        #expect(!named.acceptsOrigin(origin))
    }

    @Test("A character that only becomes an ASCII letter in lower case is none")
    func otherLetters() {
        let policy = HostPolicy(hosts: [], origins: ["https://kit.example.com"], acceptsAddresses: false)
        #expect(policy.acceptsOrigin("https://KIT.example.com"))
        #expect(!policy.acceptsOrigin("https://\u{212A}IT.example.com"), "the sign for Kelvin")
    }

    @Test("A configured origin is its scheme, name and port: nothing else of that name")
    func exactOrigin() {
        #expect(!named.acceptsOrigin("http://app.example.com"))
        #expect(!named.acceptsOrigin("https://app.example.com:8443"))
        #expect(!named.acceptsHost("app.example.com"))
    }
}
