import MCPTestSupport
import Testing

@testable import MCPFrontEnd

@Suite struct RequestTargetTests {
    @Test(
        "A plain target is split into its decoded path and its query",
        arguments: [
            ("/", "/", nil), ("/time/mcp", "/time/mcp", nil), ("/time/", "/time/", nil),
            ("/fetch/tok-en_1.2~", "/fetch/tok-en_1.2~", nil), ("/a?", "/a", ""), ("/a?b=c&d", "/a", "b=c&d"),
            ("/a?b=c?d", "/a", "b=c?d"), ("/a?x=%2e%2e/", "/a", "x=%2e%2e/"), ("/a%20b", "/a b", nil),
            ("/%C3%A9", "/é", nil), ("/a.b/..c/...", "/a.b/..c/...", nil),
            ("/a+b@c:d$e!f'g(h)i*j,k=l", "/a+b@c:d$e!f'g(h)i*j,k=l", nil),
        ] as [(String, String, String?)])
    func accepts(text: String, path: String, query: String?) throws {
        let target = try RequestTarget(text)
        #expect(target.path == path)
        #expect(target.query == query)
    }

    @Test(
        "Whatever could be read as another path is refused",
        arguments: [
            "", "*", "time", "//time", "/time//mcp", "/./time", "/time/.", "/time/..", "/../x",
            "/time/../x", "/%2e", "/%2E%2e/x", "/a/%2e%2e/b", "/a%2fb", "/a%2Fb", "/a%5cb", "/a\\b", "/a\\b%20", "/%00",
            "/a%0d%0a",
            "/a%09", "/a%7f", "/%", "/%2", "/%zz", "/%+1", "/%-1", "/% 1", "/a#b", "/a b", "/é", "/a\u{0}", "/a\tb",
            "/a\r\n",
            "/%C3", "/%C0%AF", "/%E0%80%AF", "/%ED%A0%80", "/%252e", "/%25", "?a", "/%61", "/t%69me",
        ])
    func refuses(text: String) {
        #expect(throws: RequestTarget.Fault.self) { try RequestTarget(text) }
    }

    @Test(
        "Why a target is refused is told: encoded letters are the same path to some, and another one to others",
        arguments: [
            ("/%67it/mcp", RequestTarget.Fault.encoding), ("/git%2Fmcp", .encoding), ("/git%7e", .encoding),
            ("/%zz", .encoding), ("/git//mcp", .segments), ("/git%20/../mcp", .segments), ("/a b", .bytes),
            ("/é", .bytes), ("git/mcp", .form), ("ftp://a/git", .form),
        ])
    func reasons(text: String, fault: RequestTarget.Fault) {
        #expect(throws: fault) { try RequestTarget(text) }
    }

    @Test("A parameter is found by its exact name")
    func parameters() throws {
        let target = try RequestTarget("/m?sessionid=no&sessionId=a=b&sessionId=second&empty=&flag")
        #expect(target.parameter("sessionId") == "a=b")
        #expect(target.parameter("empty") == "")
        #expect(target.parameter("flag") == nil)
        #expect(target.parameter("missing") == nil)
    }

    @Test("No mutation of a good target leads to a path that is not clean")
    func mutations() {
        var random = SeededGenerator(seed: 7)
        let pieces = Array("/.%2eEfFcC05\\?#;ab \u{0}\u{7F}é+&=").map(String.init)
        for _ in 0..<20_000 {
            let text =
                "/"
                + (0..<Int.random(in: 0..<10, using: &random)).map { _ in
                    pieces.randomElement(using: &random) ?? ""
                }.joined()
            guard let target = try? RequestTarget(text) else { continue }
            let segments = target.path.split(separator: "/", omittingEmptySubsequences: false)
            #expect(!segments.contains(".") && !segments.contains("..") && !target.path.contains("//"), "\(text)")
            #expect(!target.path.utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }, "\(text)")
            #expect(!target.path.contains("%"), "\(text)")
        }
    }

    @Test(
        "A target in absolute form is the path in it, and what stands before that is told",
        arguments: [
            ("http://localhost:9090/fetch/mcp?a=b", "/fetch/mcp", "localhost:9090"),
            ("HTTPS://a.example/x", "/x", "a.example"),
            ("http://a.example", "/", "a.example"), ("http://a.example?q", "/", "a.example"),
        ])
    func absolute(text: String, path: String, authority: String) throws {
        let target = try RequestTarget(text)
        #expect(target.path == path && target.authority == authority)
        #expect(try RequestTarget("/x").authority == nil)
    }

    @Test(
        "What is neither form is refused, and the path of an absolute one is looked at as ever",
        arguments: ["http://", "http:///x", "ftp://a/x", "http:/x", "x", "*", "a:443", "http://a/../x", "http://a//x"])
    func neitherForm(text: String) {
        #expect(throws: RequestTarget.Fault.self) { try RequestTarget(text) }
    }
}
