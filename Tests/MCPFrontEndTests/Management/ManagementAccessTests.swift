import Testing

@testable import MCPFrontEnd

/// Who may ask for what.
@Suite(.timeLimit(.minutes(2))) struct ManagementAccessTests {
    private static let reads = [
        "/api/servers", "/api/servers/fetch", "/api/servers/fetch/tools", "/api/servers/fetch/logs",
    ]
    private static let changes = [
        ("POST", "/api/servers", #"{"name":"x","config":{}}"#), ("PUT", "/api/servers/fetch", #"{"config":{}}"#),
        ("DELETE", "/api/servers/fetch", ""), ("POST", "/api/servers/fetch/restart", ""),
        ("POST", "/api/servers/fetch/enable", ""), ("POST", "/api/servers/fetch/disable", ""),
        ("POST", "/api/reload", ""),
    ]

    @Test("With tokens configured nothing but the descriptions is open without one, and a server's token is told apart")
    func tokens() async throws {
        let harness = try await ManagementHarness()
        let everything = Self.reads.map { ("GET", $0, "") } + Self.changes + [("GET", "/api/nothing", "")]
        for (method, path, body) in everything {
            for (headers, status, kind) in [
                ([], 401, "unauthorized"), (["Authorization: Bearer wrong"], 401, "unauthorized"),
                (["Authorization: Bearer server"], 403, "forbidden"),
                ([ManagementHarness.owner, ManagementHarness.owner], 401, "unauthorized"),
            ] {
                let response = try await harness.send(method, path, headers, body)
                #expect(response.status == status, "\(method) \(path) \(headers)")
                #expect(try response.problem == kind)
                #expect((response["www-authenticate"] != nil) == (status == 401))
            }
        }
        #expect(harness.servers.requests.isEmpty)
        #expect(try await harness.answer("GET", "/api/openapi.json", []).status == 200)
        #expect(try await harness.answer("GET", "/api/problems/name-taken", []).status == 200)
    }

    @Test("With its token everything is done, by the principal of the token")
    func owner() async throws {
        let harness = try await ManagementHarness(isReachable: true)
        for path in Self.reads { #expect(try await harness.answer("GET", path).status == 200, "\(path)") }
        for (method, path, body) in Self.changes {
            let response = try await harness.send(method, path, body)
            #expect(response.status == (path == "/api/servers" ? 201 : 200), "\(method) \(path)")
        }
        #expect(harness.servers.requests.count == Self.changes.count)
        #expect(harness.servers.requests.allSatisfy { $0.hasSuffix("by token 1 true") })
    }

    @Test("Without tokens everything may be asked for on loopback, by nobody in particular")
    func loopback() async throws {
        let harness = try await ManagementHarness(tokens: [])
        for path in Self.reads { #expect(try await harness.answer("GET", path, []).status == 200, "\(path)") }
        for (method, path, body) in Self.changes {
            #expect(try await harness.send(method, path, [], body).status < 300, "\(method) \(path)")
        }
        #expect(harness.servers.requests.count == Self.changes.count)
        #expect(harness.servers.requests.allSatisfy { $0.hasSuffix("by anonymous false") })
    }

    @Test("Without tokens nothing is changed where others can reach it, and only path and state are shown")
    func reachable() async throws {
        let harness = try await ManagementHarness(tokens: [], isReachable: true)
        for (method, path, body) in Self.changes {
            let response = try await harness.send(method, path, [], body)
            #expect(response.status == 403, "\(method) \(path)")
            #expect(response.body.contains("mcpProxy.management.authTokens"))
        }
        #expect(harness.servers.requests.isEmpty)
        for path in Self.reads.dropFirst() + ["/api/servers/none"] {
            #expect(try await harness.answer("GET", path, []).status == 403, "\(path)")
        }
        let list = try await harness.answer("GET", "/api/servers", [])
        #expect(list.body == #"{"servers":{"fetch":{"path":"/fetch/","state":"ready"}}}"#)
    }

    @Test(
        "Where only servers ask for tokens nothing is changed, and only path and state are shown, also with one of them"
    )
    func onlyServerTokens() async throws {
        let harness = try await ManagementHarness(tokens: [], serverTokens: ["server"])
        for headers in [[], ["Authorization: Bearer server"]] {
            for (method, path, body) in Self.changes {
                let response = try await harness.send(method, path, headers, body)
                #expect(response.status == 403, "\(method) \(path)")
                #expect(response.body.contains("mcpProxy.management.authTokens"))
            }
            for path in Self.reads.dropFirst() {
                #expect(try await harness.answer("GET", path, headers).status == 403, "\(path)")
            }
            let list = try await harness.answer("GET", "/api/servers", headers)
            #expect(list.body == #"{"servers":{"fetch":{"path":"/fetch/","state":"ready"}}}"#)
        }
        #expect(harness.servers.requests.isEmpty)
    }

    @Test(
        "A page that names no origin because it only embeds something sees and changes no more than one that does",
        arguments: [("same-site", 403), ("cross-site", 403), ("other", 403), ("same-origin", 200), ("none", 200)])
    func embedded(site: String, status: Int) async throws {
        let harness = try await ManagementHarness(tokens: [])
        for path in Self.reads.dropFirst() {
            #expect(try await harness.answer("GET", path, ["Sec-Fetch-Site: \(site)"]).status == status, "\(path)")
        }
        let change = try await harness.answer("POST", "/api/reload", ["Sec-Fetch-Site: \(site)"])
        #expect(change.status == status)
        let withToken = try await ManagementHarness()
        let sent = ["Sec-Fetch-Site: same-site", ManagementHarness.owner]
        #expect(try await withToken.answer("GET", "/api/servers/fetch", sent).status == 200)
    }

    @Test("Without a token servers that came with a session are not in the list, with one they are")
    func adHocServers() async throws {
        let servers = ScriptedServers(["fetch", "adhoc-1"])
        let open = try await ManagementHarness(tokens: [], servers: servers)
        #expect(try await open.answer("GET", "/api/servers", []).body.contains("adhoc") == false)
        let closed = try await ManagementHarness(servers: servers)
        #expect(try await closed.answer("GET", "/api/servers").body.contains("adhoc-1"))
    }

    @Test(
        "A page may change something without a token only from an origin that was configured",
        arguments: [
            ("http://localhost:3000", 403), ("http://127.0.0.1", 403), ("https://app.example", 200),
            ("https://APP.example", 200), ("http://evil.example", 403), ("null", 403),
        ])
    func crossSite(origin: String, status: Int) async throws {
        let harness = try await ManagementHarness(tokens: [])
        for (method, path, _) in Self.changes.dropFirst(2) {
            let response = try await harness.answer(method, path, ["Origin: \(origin)"])
            #expect(response.status == status, "\(method) \(path)")
        }
        #expect(harness.servers.requests.isEmpty == (status == 403))
    }

    @Test("A page without a token sees which servers there are and nothing else, unless its origin was configured")
    func readingPage() async throws {
        let harness = try await ManagementHarness(tokens: [])
        for path in Self.reads.dropFirst() {
            #expect(try await harness.answer("GET", path, ["Origin: http://localhost:3000"]).status == 403, "\(path)")
            #expect(try await harness.answer("GET", path, ["Origin: https://app.example"]).status == 200, "\(path)")
        }
        let list = try await harness.answer("GET", "/api/servers", ["Origin: http://localhost:3000"])
        #expect(list.body == #"{"servers":{"fetch":{"path":"/fetch/","state":"ready"}}}"#)
    }

    @Test("The dashboard, which is where it asks, does without a token what its user may do on loopback")
    func dashboard() async throws {
        let own = ["Sec-Fetch-Site: same-origin", "Origin: http://localhost"]
        let harness = try await ManagementHarness(tokens: [])
        for (method, path, body) in Self.changes {
            #expect(try await harness.send(method, path, own, body).status < 300, "\(method) \(path)")
        }
        for foreign in [
            ["Origin: http://localhost"], ["Sec-Fetch-Site: same-site", "Origin: http://localhost"],
            ["Sec-Fetch-Site: same-origin", "Origin: http://localhost:3000"],
            ["Sec-Fetch-Site: same-origin", "Origin: http://127.0.0.1"],
            ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: same-origin", "Origin: http://localhost"],
        ] {
            #expect(try await harness.send("POST", "/api/reload", foreign, "").status == 403, "\(foreign)")
        }
        let reachable = try await ManagementHarness(tokens: [], isReachable: true)
        #expect(try await reachable.send("POST", "/api/reload", own, "").status == 403)
    }

    @Test("A page that shows a token needs no configured origin")
    func pageWithToken() async throws {
        let harness = try await ManagementHarness()
        let headers = ["Origin: http://localhost:3000", ManagementHarness.owner]
        #expect(try await harness.answer("DELETE", "/api/servers/fetch", headers).status == 200)
    }

    @Test("A browser is told which methods and headers a page may send, and nobody else is")
    func preflight() async throws {
        let harness = try await ManagementHarness()
        let response = try await harness.answer("OPTIONS", "/api/servers", ["Origin: http://localhost:3000"])
        #expect(response.status == 204)
        #expect(response["access-control-allow-methods"] == "GET, POST, PUT, DELETE")
        #expect(response["access-control-allow-headers"] == "Authorization, Content-Type, Accept")
        #expect(try await harness.answer("OPTIONS", "/api/servers", []).status == 405)
    }

    @Test("Changes beyond the share of a minute are refused with the time to wait, each principal for itself")
    func rate() async throws {
        let clock = SettableClock()
        let harness = try await ManagementHarness(
            tokens: ["owner", "other"], configure: { $0.maximumChangesPerMinute = 3 }, now: { clock.now })
        for _ in 0..<3 { #expect(try await harness.answer("POST", "/api/reload").status == 200) }
        let refused = try await harness.answer("POST", "/api/reload")
        #expect(refused.status == 429)
        #expect(try refused.problem == "rate-limited")
        #expect(refused["retry-after"] == "20")
        #expect(try await harness.answer("GET", "/api/servers").status == 200)
        #expect(try await harness.answer("POST", "/api/reload", ["Authorization: Bearer other"]).status == 200)
        clock.advance(seconds: 20)
        #expect(try await harness.answer("POST", "/api/reload").status == 200)
        #expect(try await harness.answer("POST", "/api/reload").status == 429)
        #expect(harness.servers.requests.count == 5)
    }

    @Test("Every change leaves one line, done or not, and no line shows a configuration or what may be a token")
    func audit() async throws {
        let harness = try await ManagementHarness(servers: ScriptedServers(["fetch", "fetch/s3cret"]))
        _ = try await harness.answer("GET", "/api/servers")
        #expect(harness.audit.isEmpty)
        _ = try await harness.send("POST", "/api/servers", #"{"name":"a","config":{"url":"s3cret"}}"#)
        _ = try await harness.send("POST", "/api/servers", #"{"name":"a"}"#)
        _ = try await harness.answer("DELETE", "/api/servers/fetch/s3cret", ["Authorization: Bearer s3cret"])
        _ = try await harness.answer("DELETE", "/api/servers/fetch/s3cret")
        _ = try await harness.answer("POST", "/api/servers/\(String(repeating: "n", count: 200))/restart")
        #expect(
            harness.audit == [
                "management change=add outcome=done principal=token 1 server=a status=201",
                "management change=add outcome=invalid-request principal=token 1 status=422",
                "management change=remove outcome=unauthorized principal=unknown server=fetch/*** status=401",
                "management change=remove outcome=done principal=token 1 server=fetch/*** status=200",
                "management change=restart outcome=unknown-server principal=token 1 "
                    + "server=\(String(repeating: "n", count: 64))… status=404",
            ])
    }
}
