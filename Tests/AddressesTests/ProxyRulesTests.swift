import Testing

@testable import Addresses

@Suite struct ProxyRulesTests {
    private static let variables = [
        "HTTP_PROXY": "http://h:1", "HTTPS_PROXY": "http://s:2", "ALL_PROXY": "http://a:3",
    ]

    private func route(_ url: String, _ environment: [String: String]) throws -> String {
        switch ProxyRules(environment: environment).route(to: try HTTPURL(url).origin) {
        case .direct: "direct"
        case .through(let proxy): "\(proxy)"
        case .socket(let path): "unix:\(path)"
        case .unusable(let words): words
        }
    }

    @Test("Each scheme has its variable, and ALL_PROXY is for what has none")
    func schemes() throws {
        #expect(try route("http://x/", Self.variables) == "http://h:1")
        #expect(try route("https://x/", Self.variables) == "http://s:2")
        #expect(try route("https://x/", ["HTTP_PROXY": "http://h:1"]) == "direct")
        #expect(try route("https://x/", ["HTTP_PROXY": "http://h:1", "all_proxy": "a:3"]) == "http://a:3")
        #expect(try route("http://x/", [:]) == "direct")
    }

    @Test("The variables count in lower case as well, upper case first, and empty ones are none")
    func spelling() throws {
        #expect(try route("https://x/", ["https_proxy": "l:1"]) == "http://l:1")
        #expect(try route("https://x/", ["https_proxy": "l:1", "HTTPS_PROXY": "u:1"]) == "http://u:1")
        #expect(try route("https://x/", ["https_proxy": "l:1", "HTTPS_PROXY": ""]) == "http://l:1")
        #expect(try route("https://x/", ["HTTPS_PROXY": " "]) == "direct")
        #expect(try route("https://x/", ["https_proxy": "l:1", "no_proxy": "x"]) == "direct")
    }

    @Test("A proxy that cannot be used is not passed by, and its variable is named")
    func unusable() throws {
        let words = try route("https://x/", ["all_proxy": "socks5://u:canary@s:1080"])
        #expect(words.hasPrefix("all_proxy cannot be used: "))
        #expect(!words.contains("canary"))
        #expect(try route("http://localhost/", ["ALL_PROXY": "socks5://s"]) == "direct")
        #expect(try route("http://x/", ["ALL_PROXY": "socks5://s", "NO_PROXY": "x"]) == "direct")
    }

    @Test(
        "What is on this machine is never asked through a proxy, not even one that is there for all",
        arguments: [
            "http://localhost/", "http://LOCALHOST:80/", "https://localhost./", "http://127.0.0.1:8080/",
            "https://127.255.0.9/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/",
        ])
    func loopback(url: String) throws {
        #expect(try route(url, Self.variables) == "direct")
        let rules = ProxyRules(always: try ForwardProxy("p:1"))
        #expect(rules.route(to: try HTTPURL(url).origin) == .direct)
    }

    @Test(
        "Names that only look like this machine's are asked through the proxy",
        arguments: ["localhost.example", "notlocalhost", "128.0.0.1"])
    func notLoopback(host: String) throws {
        #expect(try route("http://\(host)/", Self.variables) == "http://h:1")
    }

    @Test(
        "NO_PROXY lists names with all below them, addresses, networks and ports",
        arguments: [
            ("*", "a.example", true), ("example.com", "example.com", true), ("example.com", "a.b.example.com", true),
            (".example.com", "example.com", true), (".example.com", "a.example.com", true),
            ("*.example.com", "a.example.com", true), ("EXAMPLE.com", "a.Example.COM", true),
            ("example.com.", "a.example.com", true), ("example.com", "a.example.com.", true),
            ("example.com", "notexample.com", false), ("example.com", "example.com.evil", false),
            ("example.com", "com", false), ("a.example.com", "example.com", false), ("com", "example.com", true),
            ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3", "10.1.2.30", false), ("10.0.0.0/8", "10.9.9.9", true),
            ("10.1.2.3/8", "10.9.9.9", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.", "10.1.2.3", false),
            ("fd00::/8", "[fd12::1]", true), ("fd12::1", "[fd12::1]", true), ("[fd12::1]", "[fd12::1]", true),
            ("fd12::1", "[fd12::2]", false), ("10.0.0.0/8", "ten.example", false),
            ("example.com:443", "example.com", true), ("example.com:8443", "example.com", false),
            ("example.com:8443", "a.example.com:8443", true), ("10.1.2.3:443", "10.1.2.3", true),
            ("10.1.2.3:80", "10.1.2.3", false), ("[fd12::1]:443", "[fd12::1]", true),
            ("[fd12::1]:80", "[fd12::1]", false), ("*:8443", "example.com:8443", true),
            ("*:8443", "example.com", false),
            ("x, a.example ,y", "a.example", true), ("x a.example", "a.example", true), (",,", "a.example", false),
            ("", "a.example", false), (".", "a.example", false), ("*.", "a.example", false),
            ("a.example:http", "a.example", false), ("a.example:", "a.example", false),
            ("[fd12::1", "[fd12::1]", false),
            ("10.0.0.0/99", "10.0.0.1", false), ("http://a.example", "a.example", false),
            ("ex*mple.com", "example.com", false),
        ])
    func exceptions(list: String, host: String, isDirect: Bool) throws {
        let found = try route("https://\(host)/", ["HTTPS_PROXY": "s:2", "NO_PROXY": list])
        #expect(found == (isDirect ? "direct" : "http://s:2"))
    }

    @Test(
        "A Unix socket leads to whatever is named, this machine included",
        arguments: ["http://localhost/", "https://x/"])
    func socket(url: String) throws {
        #expect(ProxyRules(socketPath: "/run/x").route(to: try HTTPURL(url).origin) == .socket("/run/x"))
    }
}
