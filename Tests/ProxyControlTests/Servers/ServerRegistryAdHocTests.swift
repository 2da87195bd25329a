import MCPFrontEnd
import MCPGateway
import MCPTestSupport
import MCPValues
import NIOCore
import Testing

@testable import ProxyControl

/// Servers that clients bring with their sessions.
@Suite(.timeLimit(.minutes(1))) struct ServerRegistryAdHocTests {
    private static let configuration = TestProxy.configuration(
        "", proxy: #""management":{"authTokens":["\#(alice)","\#(bob)"],"maxAdHocServers":2}"#)
    private static let alice = "token-of-alice-1234567890"
    private static let bob = "token-of-bob-1234567890"
    private static let mine = ByteBuffer(string: #"{"command":"mine"}"#)

    private static func caller(_ token: String, _ proxy: TestProxy) -> ManagementCaller {
        ManagementCaller(principal: proxy.principal(of: token), right: .execute)
    }

    @Test("It is for the one who brought it, under a name that nobody else knows, and ends with its session")
    func own() async throws {
        try await TestProxy.run(Self.configuration) { proxy in
            let route = try await proxy.registry.open(
                Self.mine, isShared: false, for: Self.caller(Self.alice, proxy))
            let name = route.offer.name
            #expect(name.hasPrefix("adhoc-") && name.utf8.count > 32)
            #expect(route.access.admits(proxy.principal(of: Self.alice)))
            #expect(!route.access.admits(proxy.principal(of: Self.bob)) && !route.access.admits(.anonymous))
            #expect(try await proxy.status(at: name, token: Self.bob) == 401)
            #expect(try await proxy.status(at: name, token: Self.alice) != 401)
            await proxy.registry.close(route.offer)
            #expect(try await proxy.servers.closed.next() == "mine")
            #expect(try await proxy.status(at: name, token: Self.alice) == 404)
            #expect(await proxy.registry.reports().isEmpty)
        }
    }

    @Test("Requests of one caller with one configuration share a server; another caller, or another text, has its own")
    func shared() async throws {
        try await TestProxy.run(Self.configuration) { proxy in
            let first = try await proxy.registry.open(
                Self.mine, isShared: true, for: Self.caller(Self.alice, proxy))
            let again = try await proxy.registry.open(
                Self.mine, isShared: true, for: Self.caller(Self.alice, proxy))
            let his = try await proxy.registry.open(Self.mine, isShared: true, for: Self.caller(Self.bob, proxy))
            #expect(first.offer === again.offer && first.offer !== his.offer)
            #expect(proxy.servers.made.rest == ["mine", "mine"])
        }
    }

    @Test("There are never more than the configuration allows")
    func quota() async throws {
        try await TestProxy.run(Self.configuration) { proxy in
            let caller = Self.caller(Self.alice, proxy)
            for _ in 0..<2 { _ = try await proxy.registry.open(Self.mine, isShared: false, for: caller) }
            let refusal = await #expect(throws: ManagementRefusal.self) {
                try await proxy.registry.open(Self.mine, isShared: false, for: caller)
            }
            #expect(refusal?.kind == .quota)
            #expect(proxy.servers.made.rest.count == 2)
        }
    }

    @Test("One that requests share ends when nobody has used it for a while, and not while a call is under way")
    func unused() async throws {
        let text = TestProxy.configuration(
            "", proxy: #""limits":{"idleTimeout":"1ms"},"management":{"authTokens":["\#(Self.alice)"]}"#)
        try await TestProxy.run(text) { proxy in
            let route = try await proxy.registry.open(
                Self.mine, isShared: true, for: Self.caller(Self.alice, proxy))
            let client = try await proxy.client(route.offer.name, token: Self.alice)
            let reply = try client.call()
            let call = try await proxy.servers.calls.next()
            for _ in 0..<100 { try await Self.closeUnused(proxy) }
            #expect(reply.isOpen && proxy.servers.closed.rest.isEmpty)
            call.answer()
            #expect(try await reply.answer.contains(#""from":"mine""#))
            while await !proxy.registry.reports().isEmpty { try await Self.closeUnused(proxy) }
            try await client.end()
            #expect(try await proxy.servers.closed.next() == "mine")
            #expect(try await proxy.status(at: route.offer.name, token: Self.alice) == 404)
        }
    }

    /// Looks for what nobody uses, and waits until what the event loop has to do for that is done.
    private static func closeUnused(_ proxy: TestProxy) async throws {
        try Task.checkCancellation()
        await proxy.registry.closeUnused()
        try await proxy.eventLoop.submit {}.get()
    }

    @Test("When the token of who brought it is taken away, it ends with its sessions")
    func withdrawn() async throws {
        try await TestProxy.run(Self.configuration) { proxy in
            let route = try await proxy.registry.open(
                Self.mine, isShared: false, for: Self.caller(Self.alice, proxy))
            let client = try await proxy.client(route.offer.name, token: Self.alice)
            try await proxy.reload(
                TestProxy.configuration("", proxy: #""management":{"authTokens":["\#(Self.bob)"]}"#))
            try await client.end()
            #expect(try await proxy.servers.closed.next() == "mine")
            #expect(await proxy.registry.reports().isEmpty)
            #expect(try await proxy.status(at: route.offer.name, token: Self.alice) == 404)
        }
    }

    /// What a client with a certificate may do.
    private static func certified(_ rights: String) -> String {
        TestProxy.configuration("", proxy: #""clients":{"ci":{"certificates":["CN=ci"],\#(rights)}}"#)
    }

    @Test("One that was brought with a certificate stays as long as its holder may bring servers")
    func certificate() async throws {
        let ci = ClientCertificate(subject: "CN=ci", names: [], fingerprint: "ab", ends: 0)
        let mayBring = #""servers":["*"],"management":"execute""#
        try await TestProxy.run(Self.certified(mayBring)) { proxy in
            let principal = try #require(proxy.composition.builder.principals.certificates.principal(of: ci))
            let route = try await proxy.registry.open(
                Self.mine, isShared: false, for: ManagementCaller(principal: principal, right: .execute))
            try await proxy.reload(Self.certified(#"\#(mayBring),"readOnly":true"#))
            #expect(await proxy.registry.reports().count == 1 && proxy.servers.closed.rest.isEmpty)
            try await proxy.reload(Self.certified(#""servers":["*"],"management":"read""#))
            #expect(try await proxy.servers.closed.next() == "mine")
            #expect(await proxy.registry.reports().isEmpty && proxy.route(route.offer.name) == nil)
        }
    }
}
