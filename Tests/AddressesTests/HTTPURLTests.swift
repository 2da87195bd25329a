import Testing

@testable import Addresses

@Suite struct HTTPURLTests {
    @Test(
        "A URL is read into an origin and the target of the request line",
        arguments: [
            ("http://example.com", "http://example.com", "/"),
            ("HTTPS://Example.COM/Mcp", "https://example.com", "/Mcp"),
            ("https://example.com:443/a/../b?x=%2F&y=a/b?c", "https://example.com", "/a/../b?x=%2F&y=a/b?c"),
            ("http://example.com:8080?key=1", "http://example.com:8080", "/?key=1"),
            ("http://[::1]:3000/", "http://[::1]:3000", "/"),
            ("http://[0:0:0:0:0:0:0:1]/", "http://[::1]", "/"),
            ("http://127.0.0.1:1/x", "http://127.0.0.1:1", "/x"),
            ("http://my_service-1.local./", "http://my_service-1.local.", "/"),
            ("http://1password.example/", "http://1password.example", "/"),
        ])
    func reads(text: String, origin: String, target: String) throws {
        let url = try HTTPURL(text)
        #expect(url.origin.description == origin)
        #expect(url.target == target)
    }

    @Test(
        "What two readers could understand differently is refused",
        arguments: [
            ("", HTTPURLError.Code.empty), ("example.com/mcp", .scheme), ("ftp://example.com/", .scheme),
            ("http:/example.com", .scheme), (" http://example.com", .scheme),
            ("http://user@example.com/", .credentials), ("http://user:secret@example.com/", .credentials),
            ("http://example.com/#top", .fragment), ("http://example.com#", .fragment),
            ("http://", .noHost), ("http:///path", .noHost), ("http://:80/", .noHost), ("http://ex ample.com/", .host),
            ("http://exämple.com/", .host), ("http://example.com%2eevil.com/", .host), ("http://.example.com/", .host),
            ("http://example.com\\@evil.com/", .credentials), ("http://example.com\\.evil.com/", .host),
            ("http://[::1/", .host), ("http://[fe80::1%25eth0]/", .host), ("http://[127.0.0.1]/", .host),
            ("http://2130706433/", .ambiguousAddress), ("http://0x7f.1/", .ambiguousAddress),
            ("http://127.1/", .ambiguousAddress), ("http://127.1/mcp", .ambiguousAddress),
            ("https://127.0.0.1#x", .fragment), ("http://[::1%25lo]/", .host), ("http://[::1%lo]/", .host),
            ("http://0177.0.0.1/", .ambiguousAddress),
            ("http://256.0.0.1/", .ambiguousAddress), ("http://1.2.3.4.5/", .ambiguousAddress),
            ("http://127.0.0.1./", .ambiguousAddress),
            ("http://example.com:/", .port), ("http://example.com:0/", .port), ("http://example.com:65536/", .port),
            ("http://example.com:80a/", .port), ("http://[::1]80/", .port), ("http://example.com:+80/", .port),
            ("http://example.com/a b", .character), ("http://example.com/\r\nX: y", .character),
            ("http://example.com/\"", .character), ("http://example.com/ü", .character),
            ("http://example.com/%", .percentEncoding), ("http://example.com/%2", .percentEncoding),
            ("http://example.com/%zz", .percentEncoding),
        ])
    func refuses(text: String, code: HTTPURLError.Code) {
        #expect(throws: HTTPURLError(code)) { try HTTPURL(text) }
    }

    @Test("Every refusal has a sentence of its own that does not repeat the URL")
    func sentences() {
        let sentences = Set(HTTPURLError.Code.allCases.map { HTTPURLError($0).description })
        #expect(sentences.count == HTTPURLError.Code.allCases.count)
    }

    @Test(
        "A reference is resolved as RFC 3986 says",
        arguments: [
            ("/messages?id=1", "/messages?id=1"), ("messages", "/a/messages"), ("./m", "/a/m"), ("../m", "/m"),
            ("../../../m", "/m"), ("?x=1", "/a/b?x=1"), ("", "/a/b?q"), ("#top", "/a/b?q"), ("m#top", "/a/m"),
            ("c/./d/../e/", "/a/c/e/"), ("..", "/"), (".", "/a/"), ("/x?y=../z", "/x?y=../z"),
            ("http://h:1/z", "/z"), ("//h:1/z", "/z"), ("x:y", nil), ("/a b", nil), ("/%", nil),
        ] as [(String, String?)])
    func resolves(reference: String, target: String?) throws {
        let base = try HTTPURL("http://h:1/a/b?q")
        // The error says which rule was broken, which is not the subject here.
        let resolved = try? base.resolving(reference)
        #expect(resolved?.target == target)
        if let resolved { #expect(resolved.origin == base.origin) }
    }

    @Test("A reference can lead to another origin, which shows")
    func otherOrigin() throws {
        let base = try HTTPURL("https://h/a")
        #expect(try base.resolving("//evil.example/x").origin.description == "https://evil.example")
        #expect(try base.resolving("http://h/a").origin != base.origin)
        #expect(try base.resolving("https://h:443/a").origin == base.origin)
    }

    @Test("A URL is shown without its query")
    func hidesQuery() throws {
        let url = try HTTPURL("https://h/a?token=secret")
        #expect(url.description == "https://h/a")
        var text = String(reflecting: url)
        dump(url, to: &text)
        #expect(!text.contains("secret"))
    }
}
