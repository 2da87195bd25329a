import MCPGateway
import MCPTestSupport
import MCPValues
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import MCPFrontEnd

/// A front door that takes access tokens.
@Suite(.timeLimit(.minutes(1))) struct IdentityFrontDoorTests {
    /// Knows what becomes of each token.
    private final class Judge: AccessTokenJudge {
        let verdicts: [ByteText: TokenVerdict]
        let asked = Mutex<[String]>([])

        init(_ verdicts: [ByteText: TokenVerdict]) {
            self.verdicts = verdicts
        }

        func judge(_ token: String, _ then: @escaping @Sendable (TokenVerdict) -> Void) -> TokenVerdict? {
            asked.withLock { $0.append(token) }
            let verdict = verdicts[ByteText(token)] ?? .refused(.invalid("the token is \"odd\\\u{E9}\""))
            guard token.hasPrefix("later") else { return verdict }
            MultiThreadedEventLoopGroup.singleton.next().execute { then(verdict) }
            return nil
        }
    }

    private final class Harness: Sendable {
        let door: FrontDoor
        let judge: Judge
        let port: Int

        init(
            _ verdicts: [String: TokenVerdict] = [:], prefix: String = "", origin: String? = "https://mcp.example",
            isSecure: Bool = false
        ) async throws {
            let judge = Judge(Dictionary(uniqueKeysWithValues: verdicts.map { (ByteText($0), $1) }))
            self.judge = judge
            let offer = Offer.inMemory("time", on: MultiThreadedEventLoopGroup.singleton) { ScriptedLink(on: $0) }
            let credentials = Credentials()
            credentials.add("static", for: .token(number: 0))
            let access = Access.holders([.token(number: 0)], clientsOf: [.server(ByteText("time"))])
            let settings = FrontDoorSettings(
                place: .port(0, host: "127.0.0.1"), prefix: prefix,
                hosts: HostPolicy(hosts: [], origins: [], acceptsAddresses: false), limits: HTTPLimits(),
                credentials: credentials, statusAccess: access,
                identity: ProtectedResource(
                    issuers: ["https://login.example"], scopesSupported: [], requiredScopes: ["mcp", "x"],
                    origin: origin,
                    judge: judge, speaksTLS: isSecure))
            door = FrontDoor(
                settings, gateway: Gateway(limits: GatewayLimits()), routes: [Route(offer: offer, access: access)],
                disabled: [], logger: .silent)
            try await door.open(on: MultiThreadedEventLoopGroup.singleton)
            port = door.listener.port ?? 0
        }

        deinit { door.close() }

        func answer(_ path: String, token: String? = nil, method: String = "DELETE") async throws -> RawClient.Response
        {
            let client = try await RawClient(port: port)
            let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
            try await client.send(
                "\(method) \(path) HTTP/1.1\r\nHost: LocalHost\r\n\(authorization)Content-Length: 0\r\n\r\n")
            let response = try await client.response()
            try await client.close()
            return response
        }
    }

    private func holder(_ servers: String) -> Principal {
        Principal(Standing(holder: "ann", Rights(servers: NamePatterns([servers]))))
    }

    @Test("A token is judged once, and known until it ends", arguments: ["now", "later"])
    func once(token: String) async throws {
        let harness = try await Harness([token: .accepted(ProvenCaller(holder("*")), until: .now() + .hours(1))])
        for _ in 0..<3 {
            // There is no session to delete, which only those are told who were let in.
            #expect(try await harness.answer("/time/mcp", token: token).status == 400)
        }
        #expect(harness.judge.asked.withLock { $0 } == [token])
        harness.door.forgetAccessTokens()
        _ = try await harness.answer("/time/mcp", token: token)
        #expect(harness.judge.asked.withLock { $0 } == [token, token])
    }

    @Test("A token that has ended by now is judged again")
    func ended() async throws {
        let harness = try await Harness(["now": .accepted(ProvenCaller(holder("*")), until: .now())])
        for _ in 0..<2 { #expect(try await harness.answer("/time/mcp", token: "now").status == 400) }
        #expect(harness.judge.asked.withLock { $0.count } == 2)
    }

    @Test("Who may not use a server is answered as if it were not there")
    func noRight() async throws {
        let harness = try await Harness(["now": .accepted(ProvenCaller(holder("other")), until: .now() + .hours(1))])
        #expect(try await harness.answer("/time/mcp", token: "now").status == 404)
    }

    @Test("Where a scope would help, it is named together with those that every token needs")
    func stepUp() async throws {
        let standing = Standing(holder: "ann", Rights())
        standing.take(
            Rights(),
            wider: [
                ScopedRights(scope: "other", rights: Rights(servers: NamePatterns(["other"]))),
                ScopedRights(scope: "time", rights: Rights(servers: NamePatterns(["time"]))),
            ])
        let harness = try await Harness(["now": .accepted(ProvenCaller(Principal(standing)), until: .now() + .hours(1))]
        )
        let response = try await harness.answer("/time/mcp", token: "now")
        #expect(response.status == 403)
        #expect(response["www-authenticate"]?.contains(#"error="insufficient_scope""#) == true)
        #expect(response["www-authenticate"]?.hasSuffix(#"scope="mcp x time""#) == true)
        #expect(try await harness.answer("/nothing/mcp", token: "now").status == 404)
    }

    @Test(
        "Each refusal has its status, and a challenge where another token helps",
        arguments: [
            (
                TokenRefusal.invalid("it has \"ended\""), 401,
                #"error="invalid_token", error_description="it has ended", "#
            ),
            (
                .scopesMissing, 403,
                #"error="insufficient_scope", error_description="the token lacks a scope that is needed here", "#
            ),
            (.nobodysRights, 403, nil), (.undecided, 503, nil),
        ] as [(TokenRefusal, Int, String?)])
    func refusals(refusal: TokenRefusal, status: Int, error: String?) async throws {
        for token in ["now", "later"] {
            let harness = try await Harness([token: .refused(refusal)])
            let response = try await harness.answer("/time/mcp", token: token)
            #expect(response.status == status)
            let place = #"resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/time/mcp""#
            #expect(response["www-authenticate"] == error.map { #"Bearer \#($0)\#(place), scope="mcp x""# })
            #expect(response["retry-after"] == (status == 503 ? "5" : nil))
        }
    }

    @Test("A token is shown to its issuer only where somebody asks who sends it")
    func places() async throws {
        let harness = try await Harness(prefix: "/tools")
        let management = ManagementAccess(
            callers: .nobody, isAskedElsewhere: true, isReachable: false, allowedOrigins: [], prefix: "/tools")
        harness.door.manage(management, servers: ScriptedServers())
        let asked = [
            "/tools/time", "/tools/time/mcp", "/readyz", "/_readyz", "/tools/api/servers", "/api/servers",
            "/tools/api/x",
            "/tools/mcp", "/tools/mcp/", "/tools/sse", "/tools/sse/",
        ]
        for path in asked { _ = try await harness.answer(path, token: path.replacing("/", with: ".")) }
        #expect(harness.judge.asked.withLock { $0 } == asked.map { $0.replacing("/", with: ".") })
        for path in ["/healthz", "/", "/tools", "/mcp", "/time/mcp", "/tools/other/mcp", "/tools/api", "/tools/apis/x"]
        {
            _ = try await harness.answer(path, token: "elsewhere")
        }
        #expect(harness.judge.asked.withLock { $0.count } == asked.count)
    }

    @Test("What cannot stand in a challenge is left out of it")
    func quoting() async throws {
        let response = try await Harness().answer("/time/mcp", token: "odd")
        #expect(response["www-authenticate"]?.contains(#"error_description="the token is odd", "#) == true)
    }

    @Test("Who has no token is told where to get one, and of no error")
    func missing() async throws {
        let harness = try await Harness()
        #expect(
            try await harness.answer("/time/mcp")["www-authenticate"]
                == #"Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/time/mcp", scope="mcp x""#
        )
        #expect(harness.judge.asked.withLock { $0.isEmpty })
        #expect(try await harness.answer("/time/mcp", token: "static").status == 400)
        #expect(harness.judge.asked.withLock { $0.isEmpty }, "a configured token is no issuer's matter")
    }

    @Test("Metadata names the address in its canonical form, also below the prefix of the base URL")
    func metadata() async throws {
        let harness = try await Harness(prefix: "/tools")
        for (path, resource) in [
            ("", "https://mcp.example"), ("/tools", "https://mcp.example/tools"),
            ("/tools/time/mcp/", "https://mcp.example/tools/time/mcp"),
            ("/tools/time", "https://mcp.example/tools/time"),
        ] {
            let response = try await harness.answer("/.well-known/oauth-protected-resource\(path)", method: "GET")
            #expect(response.status == 200)
            #expect(
                response.body
                    == #"{"resource":"\#(resource)","authorization_servers":["https://login.example"],"scopes_supported":["mcp","x"],"bearer_methods_supported":["header"]}"#
            )
        }
        for path in ["/time/mcp", "/tools/other/mcp", "s", "/tools/time/mcp/x"] {
            let response = try await harness.answer("/.well-known/oauth-protected-resource\(path)", method: "GET")
            #expect(response.status == 404, "\(path)")
        }
    }

    @Test("Without a base URL the address counts that was called", arguments: [false, true])
    func calledAddress(isSecure: Bool) async throws {
        let harness = try await Harness(origin: nil, isSecure: isSecure)
        let response = try await harness.answer("/.well-known/oauth-protected-resource/time/mcp", method: "GET")
        let scheme = isSecure ? "https" : "http"
        #expect(response.body.hasPrefix(#"{"resource":"\#(scheme)://localhost/time/mcp""#))
        #expect(response["cache-control"] == "no-store")
    }

    @Test("What holds whatever address was called may be kept for a while")
    func keptMetadata() async throws {
        let harness = try await Harness()
        let response = try await harness.answer("/.well-known/oauth-protected-resource/time/mcp", method: "GET")
        #expect(response.status == 200 && response["cache-control"] == "public, max-age=300")
    }

    @Test("Only the addresses of what is there are our own")
    func ownAddresses() async throws {
        let harness = try await Harness(prefix: "/tools")
        for name in ["https://mcp.example", "https://mcp.example/tools", "https://mcp.example/tools/time/mcp"] {
            #expect(harness.door.isOwnAddress(name), "\(name)")
        }
        for name in [
            "https://mcp.example.evil", "https://mcp.example/other", "https://mcp.example/tools/other/mcp",
            "https://mcp",
            "https://mcp.example/tools/time/mcpx", "http://mcp.example", "https://mcp.example:8443", "",
        ] {
            #expect(!harness.door.isOwnAddress(name), "\(name)")
        }
    }

    @Test("A token in the address is refused, whatever else is there")
    func query() async throws {
        let harness = try await Harness()
        for query in ["access_token=x", "a=b&access_token=static", "access_token="] {
            #expect(try await harness.answer("/time/mcp?\(query)", token: "static").status == 400, "\(query)")
            #expect(try await harness.answer("/time/mcp?\(query)").status == 400, "\(query)")
        }
        #expect(try await harness.answer("/time/mcp?my_access_token=x").status == 401)
    }
}

/// Nobody brings any here.
extension ScriptedServers: AdHocServers {
    func open(
        _ configuration: ByteBuffer, isShared: Bool, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> Route {
        throw ManagementRefusal(.quota, "there is no room")
    }

    func close(_ offer: Offer) async {}
}
