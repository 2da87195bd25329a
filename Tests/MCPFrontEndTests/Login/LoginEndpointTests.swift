import MCPCore
import MCPGateway
import MCPTestSupport
import MCPValues
import Synchronization
import Testing

@testable import MCPFrontEnd

/// The pages on which people log in: who gets them, what they show, and what they believe.
@Suite(.timeLimit(.minutes(2))) struct LoginEndpointTests {
    private static let page = "/oauth/login/fetch"
    private static let form = "Content-Type: application/x-www-form-urlencoded"

    /// A page as a browser has it: its cookie, and what its form says.
    private struct Opened {
        let response: RawClient.Response
        let cookie: String
        let token: String

        init(_ response: RawClient.Response) {
            self.response = response
            cookie = response["set-cookie"].map { String($0.prefix { $0 != ";" }) } ?? ""
            token = Self.hidden("token", response.body) ?? ""
        }

        private static func hidden(_ name: String, _ html: String) -> String? {
            let mark = "name=\"\(name)\" value=\""
            guard let start = html.firstRange(of: mark) else { return nil }
            return String(html[start.upperBound...].prefix { $0 != "\"" })
        }

        var ticket: String? { Self.hidden("ticket", response.body) }
    }

    private func open(
        _ harness: ManagementHarness, _ path: String = page, _ headers: [String] = []
    ) async throws -> Opened {
        Opened(try await harness.answer("GET", path, headers))
    }

    private func press(
        _ harness: ManagementHarness, _ opened: Opened, _ path: String = page, _ more: String = "",
        headers: [String] = []
    ) async throws -> RawClient.Response {
        try await harness.answer(
            "POST", path, [Self.form, "Cookie: \(opened.cookie)"] + headers, body: "token=\(opened.token)\(more)")
    }

    /// Whether somebody has begun anything.
    private func hasBegun(_ harness: ManagementHarness) -> Bool {
        harness.servers.requests.contains { $0.hasPrefix("begin") }
    }

    @Test("The page says to what and for whom somebody logs in, and loads, runs and frames nothing")
    func page() async throws {
        let harness = try await ManagementHarness(tokens: [])
        let opened = try await open(harness)
        let (response, html) = (opened.response, opened.response.body)
        #expect(response.status == 200 && response["content-type"] == "text/html; charset=utf-8")
        #expect(html.contains("<title>Log in to fetch – mcp-proxy</title>") && html.contains("mcp.example.com"))
        #expect(html.contains("everybody who may use that server here") && html.contains("read, write"))
        #expect(html.contains("ann &lt;b&gt;@example.com") && !html.contains("<b>"))
        #expect(html.contains("<html lang=\"en\">") && html.contains("<button type=\"submit\">Log in</button>"))
        #expect(!html.contains("<script") && !html.contains("src=") && !html.contains("href="))
        #expect(response["x-frame-options"] == "DENY" && response["cache-control"] == "no-store")
        let policy = response["content-security-policy"] ?? ""
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            #expect(policy.contains(part))
        }
        #expect(response["x-content-type-options"] == "nosniff" && response["referrer-policy"] == "same-origin")
        let cookie = response["set-cookie"] ?? ""
        #expect(cookie.hasPrefix("mcp-proxy-login=") && opened.cookie.utf8.count == "mcp-proxy-login=".utf8.count + 43)
        #expect(cookie.hasSuffix("; Path=/; Max-Age=900; HttpOnly; SameSite=Lax"))
        #expect(opened.token.utf8.count == 43 && !opened.cookie.contains(opened.token))
        let head = try await harness.answer("HEAD", Self.page, [])
        #expect(head.status == 200 && head["content-type"] == "text/html; charset=utf-8")
    }

    @Test("A browser that comes again keeps its name, and the form of each has words of its own")
    func marks() async throws {
        let harness = try await ManagementHarness(tokens: [])
        let (first, other) = (try await open(harness), try await open(harness))
        #expect(first.cookie != other.cookie && first.token != other.token)
        let again = try await open(harness, Self.page, ["Cookie: a=b; \(first.cookie); c=d"])
        #expect(again.cookie == first.cookie && again.token == first.token)
        for strange in [
            "mcp-proxy-login=x", "\(first.cookie)x", "\(first.cookie); \(other.cookie)", "mcp-proxy-login=",
        ] {
            #expect(try await open(harness, Self.page, ["Cookie: \(strange)"]).cookie != first.cookie, "\(strange)")
        }
    }

    @Test("The form leads on to the authorization server, bound to the browser")
    func begins() async throws {
        let harness = try await ManagementHarness(tokens: [])
        let opened = try await open(harness)
        let response = try await press(
            harness, opened, headers: ["Origin: http://localhost", "Sec-Fetch-Site: same-origin"])
        #expect(response.status == 303 && response.body.isEmpty)
        #expect(response["location"] == "https://login.example.com/authorize?state=s")
        #expect(response["cache-control"] == "no-store")
        let mark = opened.cookie.dropFirst("mcp-proxy-login=".count)
        #expect(
            harness.servers.requests.last
                == "begin fetch for anonymous to http://localhost/oauth/callback in \(mark)")
    }

    @Test("Where the address of the proxy is configured it counts, and cookies are for https alone")
    func configured() async throws {
        let harness = try await ManagementHarness(tokens: [], prefix: "/proxy", origin: "https://proxy.example.com")
        let opened = try await open(harness, "/proxy/oauth/login/fetch")
        #expect(opened.response["set-cookie"]?.hasPrefix("__Host-mcp-proxy-login=") == true)
        #expect(opened.response["set-cookie"]?.hasSuffix("; SameSite=Lax; Secure") == true)
        #expect(
            try await press(harness, opened, "/oauth/login/fetch").status == 303,
            "a reverse proxy may take the path away")
        #expect(
            harness.servers.requests.last?.contains("to https://proxy.example.com/proxy/oauth/callback in") == true)
        let plain = opened.cookie.replacing("__Host-", with: "")
        let response = try await harness.answer(
            "POST", "/oauth/login/fetch", [Self.form, "Cookie: \(plain)"], body: "token=\(opened.token)")
        #expect(response.status == 403, "another host can set that")
    }

    @Test("A form that is not from here begins nothing")
    func foreignForm() async throws {
        let harness = try await ManagementHarness(tokens: [])
        let (mine, other) = (try await open(harness), try await open(harness))
        let cookie = "Cookie: \(mine.cookie)"
        for (headers, body) in [
            ([], "token=\(mine.token)"), (["Cookie: a=b"], "token=\(mine.token)"), ([cookie], ""),
            ([cookie], "token="), ([cookie], "token=\(other.token)"),
            ([cookie], "token=\(mine.token)&token=\(mine.token)"),
            ([cookie], "Token=\(mine.token)"), ([cookie], "token=\(mine.token)x"), ([cookie], "token=%zz"),
            ([cookie, "Cookie: \(other.cookie)"], "token=\(mine.token)"),
            (["Cookie: \(mine.cookie); \(mine.cookie)"], "token=\(mine.token)"),
            ([cookie], "{\"token\":\"\(mine.token)\"}"),
        ] as [([String], String)] {
            let response = try await harness.answer("POST", Self.page, [Self.form] + headers, body: body)
            #expect(
                response.status == 403 && response.body.contains("This form is not from here"), "\(headers) \(body)")
            #expect(response["x-frame-options"] == "DENY")
        }
        #expect(!hasBegun(harness))
    }

    @Test("A form from another site is not even looked at")
    func otherSite() async throws {
        let harness = try await ManagementHarness(tokens: [])
        let opened = try await open(harness)
        for headers in [["Origin: https://evil.test"], ["Origin: null"], ["Sec-Fetch-Site: cross-site"]] {
            #expect(try await press(harness, opened, headers: headers).status == 403, "\(headers)")
        }
        #expect(!hasBegun(harness))
    }

    // MARK: Who may

    @Test("Where somebody is asked who he is, a stranger gets no page, and what opens servers opens none")
    func strangers() async throws {
        let harness = try await ManagementHarness(clients: [
            "reader": Principal(Standing(client: "reader", Rights(management: .read))),
            "writer": Principal(Standing(client: "writer", Rights(management: .write))),
        ])
        for (headers, status) in [
            ([], 403), (["Authorization: Bearer wrong"], 403), (["Authorization: Bearer server"], 403),
            (["Authorization: Bearer reader"], 403), (["Authorization: Bearer writer"], 200),
            ([ManagementHarness.owner], 200),
        ] as [([String], Int)] {
            let opened = try await open(harness, Self.page, headers)
            #expect(opened.response.status == status, "\(headers)")
            #expect((opened.response["set-cookie"] != nil) == (status == 200))
            let mine = try await open(harness, Self.page, [ManagementHarness.owner])
            #expect(
                try await press(harness, mine, headers: headers).status == (status == 200 ? 303 : 403), "\(headers)")
        }
    }

    @Test("On an address that others can reach nobody logs in without showing anything")
    func reachable() async throws {
        let harness = try await ManagementHarness(tokens: [], isReachable: true)
        #expect(try await open(harness).response.status == 403)
        #expect(harness.servers.requests.isEmpty)
    }

    @Test("To what counts for each caller alone whoever may use servers logs in for himself")
    func personal() async throws {
        let harness = try await ManagementHarness()
        let server = ["Authorization: Bearer server"]
        let opened = try await open(harness, "/oauth/login/mine", server)
        #expect(opened.response.status == 200 && opened.response.body.contains("for “server” alone"))
        #expect(try await press(harness, opened, "/oauth/login/mine", headers: server).status == 303)
        #expect(harness.servers.requests.last?.hasPrefix("begin mine for server to ") == true)
        #expect(try await open(harness, "/oauth/login/mine").response.status == 403)
        // What a caller may not use looks as if it did not exist.
        #expect(try await open(harness, "/oauth/login/hidden", server).response.status == 404)
        #expect(!harness.servers.requests.contains { $0.contains("hidden") })
    }

    // MARK: Tickets

    @Test("A ticket opens the login to one server, once")
    func ticket() async throws {
        let harness = try await ManagementHarness()
        let ticket = harness.tickets.issue(for: "fetch")
        let path = "\(Self.page)?ticket=\(ticket)"
        #expect(try await open(harness, path).response.status == 200)
        let opened = try await open(harness, path)
        #expect(opened.ticket == ticket, "to look at it uses nothing up")
        #expect(try await open(harness, "/oauth/login/time?ticket=\(ticket)").response.status == 403)
        #expect(try await press(harness, opened).status == 403, "the form has to say it")
        #expect(try await press(harness, opened, "/oauth/login/time", "&ticket=\(ticket)").status == 403)
        #expect(!hasBegun(harness))
        #expect(try await press(harness, opened, Self.page, "&ticket=\(ticket)").status == 303)
        let again = try await press(harness, opened, Self.page, "&ticket=\(ticket)")
        #expect(again.status == 403 && again.body.contains("Links for a login count once"))
        #expect(try await open(harness, path).response.status == 403)
        for wrong in ["", "x", String(repeating: "x", count: 43)] {
            #expect(try await open(harness, "\(Self.page)?ticket=\(wrong)").response.status == 403)
        }
    }

    @Test("Of two who use the same ticket at once one is led on")
    func twice() async throws {
        let harness = try await ManagementHarness()
        let ticket = harness.tickets.issue(for: "slow")
        let path = "/oauth/login/slow"
        let opened = try await open(harness, "\(path)?ticket=\(ticket)")
        async let first = press(harness, opened, path, "&ticket=\(ticket)")
        async let second = press(harness, opened, path, "&ticket=\(ticket)")
        _ = try await harness.servers.beginnings.next()
        harness.servers.gate.add(())
        #expect(try await [first.status, second.status].sorted() == [303, 403])
        #expect(harness.servers.beginnings.rest.isEmpty, "the server is asked for one of them")
    }

    @Test("A login that cannot begin uses no ticket up")
    func unused() async throws {
        let harness = try await ManagementHarness()
        let ticket = harness.tickets.issue(for: "fetch")
        let opened = try await open(harness, "\(Self.page)?ticket=\(ticket)")
        harness.servers.refusal.withLock { $0 = ManagementRefusal(.serverFailed, "it is <away>") }
        let response = try await press(harness, opened, Self.page, "&ticket=\(ticket)")
        #expect(response.status == 403 && response.body.contains("it is &lt;away&gt;"))
        harness.servers.refusal.withLock { $0 = nil }
        #expect(try await press(harness, opened, Self.page, "&ticket=\(ticket)").status == 303)
    }

    @Test("A ticket of one caller is his, and refused to who shows that he is another one")
    func tickets() async throws {
        let harness = try await ManagementHarness()
        let ticket = harness.tickets.issue(for: "mine", of: "ann")
        let path = "/oauth/login/mine?ticket=\(ticket)"
        for headers in [[ManagementHarness.owner], ["Authorization: Bearer server"]] {
            let response = try await open(harness, path, headers).response
            #expect(response.status == 403 && response.body.contains("This link is for somebody else"))
        }
        let opened = try await open(harness, path)
        #expect(opened.response.body.contains("for “ann” alone"))
        #expect(try await press(harness, opened, "/oauth/login/mine", "&ticket=\(ticket)").status == 303)
        #expect(harness.servers.requests.last?.hasPrefix("begin mine for ann to ") == true)
        let shared = harness.tickets.issue(for: "fetch", of: "ann")
        #expect(try await open(harness, "\(Self.page)?ticket=\(shared)").response.status == 403, "it is everybody's")
    }

    // MARK: After the login, and other pages

    @Test("What a browser comes back with is handed on as it is, with the browser's name")
    func callback() async throws {
        let harness = try await ManagementHarness()
        let opened = try await open(harness, Self.page, [ManagementHarness.owner])
        let response = try await harness.answer(
            "GET", "/oauth/callback?code=a%2Bb&state=s&iss=x", ["Cookie: \(opened.cookie)"])
        #expect(response.status == 200 && response.body.contains("Logged in to fetch"))
        #expect(response["x-frame-options"] == "DENY" && response["cache-control"] == "no-store")
        let mark = opened.cookie.dropFirst("mcp-proxy-login=".count)
        #expect(harness.servers.requests.last == "finish code=a%2Bb&state=s&iss=x in \(mark)")
        _ = try await harness.answer("GET", "/oauth/callback", [])
        #expect(harness.servers.requests.last == "finish  in nothing")
        harness.servers.refusal.withLock { $0 = ManagementRefusal(.conflict, "begin \"again\"") }
        let refused = try await harness.answer("GET", "/oauth/callback?state=s", [])
        #expect(refused.status == 400 && refused.body.contains("begin &quot;again&quot;"))
    }

    @Test("A browser comes back from another site by following a link, and not otherwise")
    func arrival() async throws {
        let harness = try await ManagementHarness(tokens: [])
        let link = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"]
        for path in ["/oauth/callback?state=s", Self.page] {
            #expect(try await harness.answer("GET", path, link).status == 200, "\(path)")
            for headers in [
                ["Sec-Fetch-Site: cross-site"], [link[0], link[1]], [link[0], link[2]],
                [link[0], link[1], "Sec-Fetch-Dest: iframe"], [link[0], link[1], "Sec-Fetch-Dest: image"],
                [link[0], "Sec-Fetch-Mode: no-cors", link[2]], [link[0], "Sec-Fetch-Mode: cors", link[2]],
                link + ["Origin: https://evil.test"],
            ] {
                #expect(try await harness.answer("GET", path, headers).status == 403, "\(path) \(headers)")
            }
            #expect(try await harness.answer("HEAD", path, link).status == 403)
            #expect(try await harness.answer("POST", path, link + [Self.form], body: "token=x").status == 403)
        }
        for path in ["/api/servers", "/oauth/other", "/oauth"] {
            #expect(try await harness.answer("GET", path, link).status == 403, "\(path)")
        }
    }

    @Test("Other methods are refused, and it is said which there are")
    func methods() async throws {
        let harness = try await ManagementHarness(tokens: [])
        for (method, path, allowed) in [
            ("PUT", Self.page, "GET, HEAD, POST"), ("DELETE", Self.page, "GET, HEAD, POST"),
            ("POST", "/oauth/callback", "GET"), ("HEAD", "/oauth/callback", "GET"),
            ("POST", "/oauth/client-metadata.json", "GET"),
        ] {
            let response = try await harness.answer(method, path, [])
            #expect(response.status == 405 && response["allow"] == allowed, "\(method) \(path)")
        }
    }

    @Test("A form is small")
    func bodies() async throws {
        let harness = try await ManagementHarness(tokens: [])
        let opened = try await open(harness)
        let fill = "&x=" + String(repeating: "x", count: LoginRequest.maximumBody - 52)
        #expect("token=\(opened.token)\(fill)".utf8.count == LoginRequest.maximumBody)
        #expect(try await press(harness, opened, Self.page, fill).status == 303)
        #expect(try await press(harness, opened, Self.page, fill + "x").status == 413)
    }

    @Test("There is no page for what there is not")
    func unknown() async throws {
        let harness = try await ManagementHarness(tokens: [])
        #expect(try await open(harness, "/oauth/login/unknown").response.status == 404)
        let opened = try await open(harness)
        #expect(try await press(harness, opened, "/oauth/login/unknown").status == 404)
    }

    @Test("The document is there where authorization servers can read it")
    func document() async throws {
        #expect(try await ManagementHarness().answer("GET", "/oauth/client-metadata.json", []).status == 404)
        let harness = try await ManagementHarness(prefix: "/p", origin: "https://proxy.example.com")
        let response = try await harness.answer("GET", "/p/oauth/client-metadata.json", [])
        #expect(response.status == 200 && response["content-type"] == "application/json")
        #expect(response["cache-control"] == "public, max-age=3600" && response["set-cookie"] == nil)
        #expect(try response.json["client_id"]?.string == "https://proxy.example.com/p/oauth/client-metadata.json")
        #expect(
            try response.json["redirect_uris"]?.elements.first?.string == "https://proxy.example.com/p/oauth/callback")
    }

    @Test("Whoever has no link reads how he comes by one, as that server wants it")
    func wayToLink() async throws {
        let harness = try await ManagementHarness()
        let (own, shared) = ("call a tool of it with your client", "mcp-proxy login SERVER --link")
        for query in ["", "?ticket=old"] {
            let mine = try await open(harness, "/oauth/login/mine\(query)").response
            #expect(mine.status == 403 && mine.body.contains(own) && !mine.body.contains("--link"), "\(query)")
            let fetch = try await open(harness, "/oauth/login/fetch\(query)").response
            #expect(fetch.status == 403 && fetch.body.contains(shared) && !fetch.body.contains(own), "\(query)")
        }
    }
}
