import MCPGateway
import MCPTestSupport
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import MCPFrontEnd

/// What passes the front door and what does not, on every path and method, before anything else happens.
@Suite(.timeLimit(.minutes(2))) struct FrontDoorTests {
    /// A front door on loopback with one server behind it, of which only the connections are counted.
    private final class Harness: Sendable {
        let door: FrontDoor
        let port: Int

        init(tokens: [(token: String, principal: Principal)] = []) async throws {
            let counter = Counter()
            self.counter = counter
            let offer = Offer.inMemory("time", on: MultiThreadedEventLoopGroup.singleton) { eventLoop in
                counter.count.withLock { $0 += 1 }
                return ScriptedLink(on: eventLoop)
            }
            let credentials = Credentials()
            for (token, principal) in tokens { credentials.add(token, for: principal) }
            let access = tokens.isEmpty ? Access.everybody : .holders(Set(tokens.map(\.principal)))
            let doorSettings = FrontDoorSettings(
                place: .port(0, host: "127.0.0.1"),
                prefix: "",
                hosts: HostPolicy(hosts: [], origins: ["https://app.example"], acceptsAddresses: false),
                limits: HTTPLimits(),
                credentials: credentials,
                statusAccess: access
            )
            door = FrontDoor(
                doorSettings,
                gateway: Gateway(limits: GatewayLimits()),
                routes: [Route(offer: offer, access: access)],
                disabled: [],
                logger: .silent
            )
            try await door.open(on: MultiThreadedEventLoopGroup.singleton)
            port = door.listener.port ?? 0
        }

        private let counter: Counter

        private final class Counter: Sendable {
            let count = Mutex(0)
        }

        /// How many connections to the server were opened: none as long as nobody came in.
        var connections: Int { counter.count.withLock { $0 } }

        deinit {
            door.close()
        }

        func answer(_ method: String, _ path: String, _ headers: [String], body: String = "") async throws
            -> RawClient.Response
        {
            let client = try await RawClient(port: port)
            let lines = ["\(method) \(path) HTTP/1.1"] + headers + ["Content-Length: \(body.utf8.count)", "", body]
            try await client.send(lines.joined(separator: "\r\n"))
            let response = try await client.response(hasBody: method != "HEAD")
            try await client.close()
            return response
        }
    }

    @Test("The dashboard is for everybody, held to a strict policy, and asked for again only when it is another one")
    func dashboard() async throws {
        let harness = try await Harness(tokens: [("secret", .token(number: 0))])
        let host = "Host: localhost"
        let page = try await harness.answer("GET", "/ui/", [host])
        #expect(page.status == 200 && page["content-type"] == "text/html; charset=utf-8")
        #expect(page.body == DashboardFile.named("index.html").map { String(buffer: $0.bytes) })
        let policy = try #require(page["content-security-policy"])
        #expect(policy.contains("default-src 'none'") && policy.contains("trusted-types 'none'"))
        #expect(!policy.contains("unsafe") && page["x-content-type-options"] == "nosniff")
        let tag = try #require(page["etag"])
        let again = try await harness.answer("GET", "/ui/", [host, "If-None-Match: \(tag)"])
        #expect(again.status == 304 && again.body.isEmpty)
        #expect(try await harness.answer("HEAD", "/ui/main.js", [host]).status == 200)
        #expect(try await harness.answer("GET", "/ui", [host])["location"] == "ui/")
        #expect(try await harness.answer("GET", "/ui/other.js", [host]).status == 404)
        #expect(try await harness.answer("POST", "/ui/", [host])["allow"] == "GET, HEAD")
        #expect(harness.connections == 0)
    }

    @Test("A person comes to the dashboard by a link from elsewhere, and nothing else does")
    func arrival() async throws {
        let harness = try await Harness()
        let arrival = ["Host: localhost", "Sec-Fetch-Site: cross-site"]
        let person = arrival + ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"]
        #expect(try await harness.answer("GET", "/ui/", person).status == 200)
        #expect(try await harness.answer("GET", "/ui/main.js", person).status == 403)
        #expect(try await harness.answer("GET", "/ui/", arrival).status == 403)
        #expect(try await harness.answer("GET", "/ui/", arrival + ["Sec-Fetch-Dest: iframe"]).status == 403)
    }

    private static let methods = ["GET", "POST", "DELETE", "OPTIONS", "HEAD", "PUT"]
    private static let paths = [
        "/", "/time", "/time/", "/time/mcp", "/time/mcp/", "/time/sse", "/time/sse/", "/time/message?sessionId=x",
        "/healthz", "/readyz", "/other/mcp",
    ]

    @Test(
        "A page or a name from elsewhere is refused on every path and method, before anything else happens",
        arguments: [
            (["Host: evil.com"], 403), (["Host: 127.0.0.1.evil.com"], 403), (["Host: localhost."], 403),
            (["Host: [::2]"], 403),
            (["Host: localhost", "Origin: http://evil.com"], 403), (["Host: localhost", "Origin: null"], 403),
            (["Host: localhost", "Sec-Fetch-Site: cross-site"], 403), ([], 400),
            (["Host: localhost", "Host: localhost"], 400), (["Host: localhost", "Host: evil.com"], 400),
            (["Host: localhost", "Origin: http://localhost", "Origin: http://evil.com"], 400),
            (["Host: localhost", "X-Forwarded-Host: localhost", "Origin: https://localhost.evil.com"], 403),
        ] as [([String], Int)])
    func refused(headers: [String], status: Int) async throws {
        let harness = try await Harness()
        for path in Self.paths {
            for method in Self.methods {
                let response = try await harness.answer(method, path, headers)
                #expect(response.status == status, "\(method) \(path)")
                #expect(response["access-control-allow-origin"] == nil || !headers.contains { $0.contains("evil") })
            }
        }
        #expect(harness.connections == 0)
    }

    @Test(
        "The host in a target counts in place of the header, on every path, and is looked at in the same way",
        arguments: [
            ("http://localhost", "evil.com", true), ("HTTP://LOCALHOST:1234", "localhost", true),
            ("https://127.0.0.1:9090", "", true), ("http://evil.com", "localhost", false),
            ("http://localhost.evil.com", "localhost", false), ("http://localhost@evil.com", "localhost", false),
            ("http://evil.com@localhost", "localhost", false), ("http://localhost:x", "localhost", false),
            ("http://[::2]", "localhost", false),
        ])
    func absoluteTarget(authority: String, host: String, isAccepted: Bool) async throws {
        let harness = try await Harness()
        for path in Self.paths {
            let plain = try await harness.answer("GET", path, ["Host: localhost"])
            let absolute = try await harness.answer("GET", authority + path, ["Host: \(host)"])
            #expect(absolute.status == (isAccepted ? plain.status : 403), "\(authority)\(path)")
        }
        let missing = try await harness.answer("GET", authority + "/time/mcp", [])
        let double = try await harness.answer("GET", authority + "/time/mcp", ["Host: localhost", "Host: localhost"])
        #expect(missing.status == 400 && double.status == 400)
        #expect(harness.connections == 0)
    }

    @Test("Without the right token nobody reaches a server, on any of its paths")
    func unauthorized() async throws {
        let harness = try await Harness(tokens: [("secret", .token(number: 0))])
        for path in Self.paths where path.hasPrefix("/time") {
            for authorization in [
                [], ["Authorization: Bearer wrong"], ["Authorization: secret", "Authorization: secret"],
            ] {
                for method in ["GET", "POST", "DELETE", "PUT"] {
                    let response = try await harness.answer(method, path, ["Host: localhost"] + authorization)
                    #expect(response.status == 401, "\(method) \(path) \(authorization)")
                    #expect(response["www-authenticate"]?.hasPrefix("Bearer") == true)
                }
            }
        }
        #expect(harness.connections == 0)
    }

    @Test(
        "What is asked wrongly is refused with the status that says how",
        arguments: [
            ("POST", "/time/mcp", ["Content-Type: text/plain"], "{}", 415), ("POST", "/time/mcp", [], "{}", 415),
            ("POST", "/time/mcp", ["Content-Type: application/json", "Content-Encoding: gzip"], "{}", 415),
            ("POST", "/time/mcp", ["Content-Type: application/json", "Accept: text/html"], "{}", 406),
            ("POST", "/time/mcp", ["Content-Type: application/json"], "{", 400),
            ("POST", "/time/mcp", ["Content-Type: application/json"], "{}", 400),
            ("POST", "/time/mcp", ["Content-Type: application/json", "Mcp-Session-Id: unknown"], Self.ping, 404),
            (
                "POST", "/time/mcp", ["Content-Type: application/json", "Mcp-Session-Id: a", "Mcp-Session-Id: b"],
                Self.ping, 400
            ),
            (
                "POST", "/time/mcp", ["Content-Type: application/json", "MCP-Protocol-Version: 1999-01-01"], Self.ping,
                400
            ),
            ("GET", "/time/mcp", ["Accept: application/json"], "", 406),
            ("GET", "/time/mcp", ["Accept: text/event-stream"], "", 400),
            ("GET", "/time/mcp", ["Accept: text/event-stream", "Mcp-Session-Id: unknown"], "", 404),
            ("DELETE", "/time/mcp", [], "", 400), ("DELETE", "/time/mcp", ["Mcp-Session-Id: unknown"], "", 404),
            ("PUT", "/time/mcp", [], "", 405),
            ("POST", "/time/sse", ["Content-Type: application/json"], Self.ping, 405),
            ("GET", "/time/message", [], "", 405),
            ("POST", "/time/message", ["Content-Type: application/json"], Self.ping, 400),
            ("POST", "/time/message?sessionId=unknown", ["Content-Type: application/json"], Self.ping, 404),
            ("GET", "/nowhere/mcp", [], "", 404), ("GET", "/time/../time/mcp", [], "", 400),
            ("GET", "/time%2Fmcp", [], "", 400),
        ] as [(String, String, [String], String, Int)])
    func wrong(method: String, path: String, headers: [String], body: String, status: Int) async throws {
        let harness = try await Harness()
        let response = try await harness.answer(method, path, ["Host: localhost"] + headers, body: body)
        #expect(response.status == status, "\(response.body)")
        #expect(harness.connections == 0)
    }

    private static let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#

    @Test("A browser may ask for an accepted origin, and only that origin is named in the answer")
    func preflight() async throws {
        let harness = try await Harness()
        for origin in ["https://app.example", "http://localhost:3000"] {
            let response = try await harness.answer("OPTIONS", "/time/mcp", ["Host: localhost", "Origin: \(origin)"])
            #expect(response.status == 204)
            #expect(response["access-control-allow-origin"] == origin)
            #expect(response["access-control-allow-credentials"] == nil)
        }
    }

    @Test("The proxy says that it lives to everybody, and of its servers only to those who may know")
    func health() async throws {
        let harness = try await Harness(tokens: [("secret", .token(number: 0))])
        #expect(try await harness.answer("GET", "/healthz", ["Host: localhost"]).status == 200)
        let stranger = try await harness.answer("GET", "/readyz", ["Host: localhost"])
        #expect(!stranger.body.contains("time"))
        let friend = try await harness.answer("GET", "/readyz", ["Host: localhost", "Authorization: Bearer secret"])
        #expect(friend.body.contains("\"time\""))
    }

    @Test("Who shows a token that is taken away before the request is complete is not told of servers")
    func lateHealth() async throws {
        let harness = try await Harness(tokens: [("secret", .token(number: 0))])
        let client = try await RawClient(port: harness.port)
        let head = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer secret\r\n"
        try await client.send(head + "\r\n" + head + "Content-Length: 3\r\n\r\n")
        #expect(try await client.response().body.contains("\"time\""))
        harness.door.settings.credentials.remove("secret", of: .token(number: 0))
        try await client.send("abc")
        #expect(try await !client.response().body.contains("\"time\""))
    }

    @Test("Changes that were asked for count also when the settings of the management API have changed since")
    func changes() async throws {
        let harness = try await Harness()
        var access = ManagementAccess(
            callers: .everybody, isAskedElsewhere: false, isReachable: false, allowedOrigins: [], prefix: "")
        access.maximumChangesPerMinute = 2
        var statuses: [Int] = []
        for _ in 0..<3 {
            harness.door.manage(access, servers: ScriptedServers())
            statuses.append(try await harness.answer("POST", "/api/reload", ["Host: localhost"]).status)
        }
        #expect(statuses == [200, 200, 429])
    }
}
