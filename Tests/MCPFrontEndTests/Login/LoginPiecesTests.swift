import NIOCore
import NIOHTTP1
import Testing

@testable import MCPFrontEnd

/// The small parts of the login pages.
@Suite struct LoginPiecesTests {
    // MARK: LoginPath

    @Test(
        "Only the pages are pages",
        arguments: [
            ("/oauth/callback", LoginPath.callback), ("/oauth/client-metadata.json", .document),
            ("/oauth/login/docs", .page("docs")), ("/oauth/login/a/b", .page("a/b")),
            ("/oauth/login/é x", .page("é x")),
            ("/oauth/login/callback", .page("callback")), ("/oauth/login//", .page("/")), ("/oauth/login", nil),
            ("/oauth/login/", nil), ("/oauth/", nil), ("/oauth", nil), ("/", nil), ("", nil), ("/oauth/callback/", nil),
            ("/OAuth/callback", nil), ("/oauth/Callback", nil), ("oauth/callback", nil), ("//oauth/callback", nil),
            ("/x/oauth/callback", nil), ("/oauth/loginx/docs", nil), ("/docs/oauth/login/docs", nil),
        ] as [(String, LoginPath?)])
    func paths(path: String, expected: LoginPath?) {
        #expect(LoginPath(path, prefix: "") == expected)
        #expect(LoginPath("/proxy\(path)", prefix: "/proxy") == expected)
        #expect(LoginPath(path, prefix: "/proxy") == expected, "a reverse proxy may have taken the prefix away")
    }

    @Test("What is linked to is what is found", arguments: ["docs", "a b", "a/b", "ü", "...", "a&b=\"c\"", "+"])
    func links(name: String) throws {
        let target = try RequestTarget(LoginPath.page(of: name) + "?ticket=x")
        #expect(LoginPath(target.path, prefix: "") == .page(name))
        #expect(target.parameter("ticket") == "x")
    }

    // MARK: LoginPage

    @Test(
        "Text stands in a page as text",
        arguments: [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\" onload='x'", "&quot; onload=&#39;x&#39;"),
            ("a & b &amp;", "a &amp; b &amp;amp;"), ("größe – ok", "größe – ok"), ("", ""),
            // A mark that combines with a character makes no other one of it.
            ("<\u{338}b", "&lt;\u{338}b"), ("\"\u{301}", "&quot;\u{301}"),
        ])
    func escape(text: String, expected: String) {
        #expect(LoginPage.escape(text).unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test("Whatever is put into a page is escaped there")
    func page() {
        var page = LoginPage(title: "<t>", words: ["<w>", "&"])
        page.form = ([(name: "\"n", value: "v\"><x>")], "<b>")
        let html = String(buffer: page.html)
        #expect(html.contains("<h1>&lt;t&gt;</h1>") && html.contains("<title>&lt;t&gt; – mcp-proxy</title>"))
        #expect(html.contains("<p>&lt;w&gt;</p>\n<p>&amp;</p>"))
        #expect(
            html.contains("name=\"&quot;n\" value=\"v&quot;&gt;&lt;x&gt;\"") && html.contains(">&lt;b&gt;</button>"))
        #expect(!String(buffer: LoginPage(title: "t").html).contains("<form"))
    }

    // MARK: BrowserMark

    private func mark(_ cookies: [String], isSecure: Bool = false) -> BrowserMark? {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
        for cookie in cookies { head.headers.add(name: "Cookie", value: cookie) }
        return BrowserMark(HTTPRequestFields(head), isSecure: isSecure)
    }

    @Test("A browser is known by the cookie that it was given, and by nothing that could be two")
    func cookies() throws {
        let mark = BrowserMark.new()
        let (plain, secure) = ("mcp-proxy-login=\(mark.name)", "__Host-mcp-proxy-login=\(mark.name)")
        for cookies in [[plain], ["a=b; \(plain)"], ["a=b;\(plain) ;c"], ["a", plain], [secure + ";" + plain]] {
            #expect(self.mark(cookies) == mark, "\(cookies)")
        }
        for cookies in [
            [], [""], [secure], [plain, plain], ["\(plain);\(plain)"], [plain, "mcp-proxy-login=x"], ["x\(plain)"],
            [plain + "x"], [String(plain.dropLast())], [plain.uppercased()],
            ["mcp-proxy-login=" + String(repeating: "!", count: 43)], ["mcp-proxy-login=\"\(mark.name)\""],
        ] {
            #expect(self.mark(cookies) == nil, "\(cookies)")
        }
        #expect(self.mark([secure], isSecure: true) == mark && self.mark([plain], isSecure: true) == nil)
        #expect(BrowserMark.new() != mark)
    }

    @Test("What a form says follows from the cookie, and the cookie not from it")
    func formToken() {
        let (one, other) = (BrowserMark.new(), BrowserMark.new())
        #expect(one.formToken == one.formToken && one.formToken != other.formToken && one.formToken != one.name)
    }

    // MARK: LoginTickets

    @Test("A ticket is for one server and one caller, and is gone once it is taken")
    func tickets() {
        let tickets = LoginTickets()
        let (shared, own) = (tickets.issue(for: "docs"), tickets.issue(for: "docs", of: "ann"))
        #expect(shared != own)
        #expect(tickets.find(shared, for: "docs")?.server == "docs" && tickets.find(shared, for: "docs")?.caller == nil)
        #expect(tickets.find(own, for: "docs")?.caller == "ann")
        for name in ["Docs", "docs ", "", "doc"] { #expect(tickets.find(shared, for: name) == nil, "\(name)") }
        #expect(tickets.begin(shared) && !tickets.begin(shared) && !tickets.begin("x"))
        #expect(tickets.find(shared, for: "docs") == nil && tickets.find(own, for: "docs") != nil)
        tickets.end(shared, isSpent: true)
        #expect(tickets.find(shared, for: "docs") == nil && !tickets.begin(shared))
    }

    @Test(
        "A ticket that was of no use counts again, unless its server was forgotten meanwhile", arguments: [false, true])
    func back(isForgotten: Bool) {
        let tickets = LoginTickets()
        let ticket = tickets.issue(for: "docs")
        #expect(tickets.begin(ticket))
        if isForgotten { tickets.forget("docs") }
        tickets.end(ticket, isSpent: false)
        #expect((tickets.find(ticket, for: "docs") == nil) == isForgotten)
    }

    @Test("A link that somebody has opened does not give way to others that nobody has")
    func opened() {
        let tickets = LoginTickets()
        let first = tickets.issue(for: "docs", of: "ann")
        #expect(tickets.find(first, for: "docs") != nil)
        for _ in 0..<100 { _ = tickets.issue(for: "docs", of: "ann") }
        #expect(tickets.find(first, for: "docs") != nil)
    }

    @Test("Names that look the same are two servers")
    func canonical() {
        let tickets = LoginTickets()
        let ticket = tickets.issue(for: "\u{E9}")
        #expect(tickets.find(ticket, for: "e\u{301}") == nil && tickets.find(ticket, for: "\u{E9}") != nil)
    }

    @Test("Whoever has links made without end fills no memory")
    func bounded() {
        let tickets = LoginTickets()
        let first = tickets.issue(for: "docs")
        var last = ""
        for _ in 0..<1_000 { last = tickets.issue(for: "docs") }
        #expect(tickets.find(first, for: "docs") == nil && tickets.find(last, for: "docs") != nil)
    }
}
