import Testing

@testable import Addresses

@Suite struct ForwardProxyTests {
    @Test(
        "The address of a proxy is read as programs write it",
        arguments: [
            ("http://proxy.example:3128", "http://proxy.example:3128"),
            ("proxy.example:3128", "http://proxy.example:3128"),
            ("HTTP://Proxy.Example:8080/", "http://proxy.example:8080"), ("http://10.0.0.1", "http://10.0.0.1"),
            ("proxy", "http://proxy"), ("http://[fd00::1]:3128", "http://[fd00::1]:3128"),
        ])
    func reads(text: String, description: String) throws {
        let proxy = try ForwardProxy(text)
        #expect("\(proxy)" == description)
        #expect(proxy.credentials == nil)
    }

    @Test(
        "User name and password are read without their percent-encoding",
        arguments: [
            ("http://user:secret@proxy:3128", "user:secret"), ("user:secret@proxy", "user:secret"),
            ("http://user@proxy", "user:"), ("http://:secret@proxy", ":secret"),
            ("http://us%40er:p%3Aa%2fs%25s@proxy", "us@er:p:a/s%s"), ("http://a:b@c@proxy", "a:b@c"),
            ("http://a:b:c@proxy", "a:b:c"), ("http://corp%5Cuser:x@proxy", #"corp\user:x"#),
        ])
    func credentials(text: String, expected: String) throws {
        let proxy = try ForwardProxy(text)
        #expect(proxy.credentials == Array(expected.utf8))
    }

    @Test("Credentials are shown nowhere")
    func secrecy() throws {
        let proxy = try ForwardProxy("http://user:canary@proxy:3128")
        var dumped = ""
        dump(proxy, to: &dumped)
        #expect(!"\(proxy) \(String(reflecting: proxy)) \(dumped) \(ProxyRoute.through(proxy))".contains("canary"))
    }

    @Test(
        "What is no address of an HTTP proxy is refused, and not repeated",
        arguments: [
            ("", ForwardProxyError.Code.host(.noHost)), ("http://", .host(.noHost)), ("https://canary:3128", .scheme),
            ("socks5://canary:1080", .scheme), ("socks5h://u:canary@h", .scheme), ("http://proxy/canary", .path),
            ("http://proxy//", .path), ("http://proxy?", .path), ("http://proxy#", .path),
            ("http://proxy:canary", .host(.port)), ("http://proxy:0", .host(.port)),
            ("http://127.1", .host(.ambiguousAddress)),
            ("http://pro xy", .host(.host)), ("http://canary%:x@proxy", .credentials),
            ("http://can%3Aary:x@proxy", .credentials), ("http://u:%zz@proxy", .credentials),
        ])
    func refuses(text: String, code: ForwardProxyError.Code) {
        let error = #expect(throws: ForwardProxyError.self) { try ForwardProxy(text) }
        #expect(error?.code == code)
        #expect(error?.description.contains("canary") == false)
    }
}
