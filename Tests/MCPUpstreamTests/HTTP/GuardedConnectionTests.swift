import Addresses
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

@testable import MCPUpstream

/// What a guard keeps from being connected to, seen from the address that must not be reached.
@Suite struct GuardedConnectionTests {
    /// A resolver that says what a test wants, one answer after the other, the last one for ever.
    private final class ScriptedLookup: Sendable {
        private let answers: Mutex<[[String]]>
        private let asked = Mutex<[String]>([])

        init(_ answers: [[String]]) {
            self.answers = Mutex(answers)
        }

        /// The names that were asked for.
        var names: [String] { asked.withLock { $0 } }

        var lookup: AddressLookup {
            AddressLookup { [self] host, port in
                asked.withLock { $0.append(host) }
                let texts = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? [] }
                return try texts.map { try SocketAddress(ipAddress: $0, port: port) }
            }
        }
    }

    private func server(_ answer: String = HTTPAnswers.empty()) async throws -> ScriptedServer {
        try await ScriptedServer { _, connection in connection.send(answer) }
    }

    private func url(
        _ host: String,
        _ server: ScriptedServer,
        _ scheme: HTTPOrigin.Scheme = .https
    ) -> HTTPURL {
        // As no reader of URLs would make it, so that the guard is all there is.
        HTTPURL(origin: HTTPOrigin(scheme: scheme, host: .name(host), port: server.port), target: "/")
    }

    private func expectRefused(_ failure: UpstreamFailure, _ words: String = "is not called") {
        #expect(failure.code == .notReachable)
        #expect(failure.nothingSent)
        #expect(failure.logDetail.contains(words), "\(failure.logDetail)")
    }

    @Test(
        "Nothing forbidden is connected to, however its address is written",
        arguments: [
            "127.0.0.1", "127.0.0.2", "127.255.255.254", "0.0.0.0", "localhost", "localhost.", "LOCALHOST",
            "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0177.1", "127.1", "127.0.1", "0", "0x0", "00.0.0.0",
            "127.0.0.1.", "::1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:0.0.0.0", "::127.0.0.1", "::7f00:1",
            "64:ff9b::127.0.0.1", "64:ff9b:1::127.0.0.1", "2002:7f00:1::", "2001:0:7f00:1::1", "::ffff:0:127.0.0.1",
            "0:0:0:0:0:ffff:7f00:0001", "169.254.169.254", "fe80::1%lo", "::1%lo",
        ])
    func canary(host: String) async throws {
        let canary = try await server()
        let reach = try Reach.allowing([])
        for scheme in HTTPOrigin.Scheme.allCases {
            let harness = try await ExchangeHarness(url(host, canary, scheme), within: reach)
            let failure = try await harness.send().failure()
            // Not every system's resolver reads every form; what it cannot read, it does not connect to.
            expectRefused(failure, failure.logDetail.contains("cannot be resolved") ? "resolved" : "is not called")
        }
        #expect(try await canary.connectionsSoFar() == 0)
    }

    @Test(
        "Where the resolver reads a number as an address, it is judged as that address",
        arguments: ["2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "localhost"])
    func numbers(host: String) throws {
        let addressGuard = try AddressGuard(allowing: [])
        let addresses = try AddressLookup.system.addresses(host, 80)
        #expect(!addresses.isEmpty)
        for address in addresses {
            #expect(address.port == 80)
            #expect(throws: ForbiddenAddress.self) { try addressGuard.check(address, .https) }
        }
    }

    @Test(
        "One forbidden address among public ones refuses the name",
        arguments: [
            ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["2606:4700::1111", "127.0.0.1"],
            ["::1", "8.8.8.8"], ["8.8.8.8", "::ffff:127.0.0.1"], ["8.8.8.8", "2606:4700::1111", "169.254.169.254"],
        ])
    func mixed(addresses: [String]) async throws {
        let canary = try await server()
        let lookup = ScriptedLookup([addresses])
        let harness = try await ExchangeHarness(
            url("tools.example", canary), within: Reach.allowing([]), lookup: lookup.lookup)
        expectRefused(try await harness.send().failure())
        #expect(lookup.names == ["tools.example"])
        #expect(try await canary.connectionsSoFar() == 0)
    }

    @Test("A name is resolved and checked again for every connection")
    func rebinding() async throws {
        let server = try await server(HTTPAnswers.empty(headers: "Connection: close\r\n"))
        // The first address stands for a public one.
        let lookup = ScriptedLookup([["127.0.0.1"], ["127.0.0.2"]])
        let harness = try await ExchangeHarness(
            url("tools.example", server, .http), within: Reach.allowing(["127.0.0.1"]),
            lookup: lookup.lookup)
        try await harness.complete()
        expectRefused(try await harness.send().failure(), "127.0.0.2 is not a public address")
        #expect(lookup.names.count == 2)
        #expect(try await server.connectionsSoFar() == 1)
    }

    @Test("A name without TLS may stand for allowed addresses only")
    func plainHTTP() async throws {
        let canary = try await server()
        let harness = try await ExchangeHarness(
            url("tools.example", canary, .http), within: Reach.allowing(["127.0.0.0/8"]),
            lookup: ScriptedLookup([["127.0.0.1", "8.8.8.8"]]).lookup)
        expectRefused(try await harness.send().failure(), "https://")
        #expect(try await canary.connectionsSoFar() == 0)
    }

    @Test("A name that no address may be called for without TLS is not even resolved")
    func notResolved() async throws {
        let lookup = ScriptedLookup([["8.8.8.8"]])
        let harness = try await ExchangeHarness(
            HTTPURL("http://tools.example/"), within: Reach.allowing([]), lookup: lookup.lookup)
        expectRefused(try await harness.send().failure(), "https://")
        #expect(lookup.names.isEmpty)
    }

    @Test(
        "What a name stands for is told the log alone",
        arguments: ["10.11.12.13", "169.254.169.254", "127.0.0.1", "fd00::7", "64:ff9b::10.11.12.13"])
    func secrecy(address: String) async throws {
        let harness = try await ExchangeHarness(
            HTTPURL("https://tools.example/"), within: .allowing([]), lookup: ScriptedLookup([[address]]).lookup)
        let failure = try await harness.send().failure()
        let shown = try #require(IPAddress(address)).description
        #expect(failure.logDetail.contains(shown))
        #expect(!failure.detail.contains(shown))
        // Nor what kind of address it is, which would do for a map of the network.
        #expect(
            failure.detail
                == "https://tools.example is not called: its name stands for an address that is not allowed; the proxy's "
                + "log says which, and the operator may add it to mcpProxy.management.allowAddresses")
        let written = try await ExchangeHarness(HTTPURL("https://127.0.0.1/"), within: .allowing([]))
        #expect(try await written.send().failure().detail.contains("127.0.0.1 is not a public address"))
    }

    @Test("Before the first guard comes nothing is called")
    func closedGate() async throws {
        let canary = try await server()
        let harness = try await ExchangeHarness(url("localhost", canary), within: .guarded(AddressGate()))
        expectRefused(try await harness.send().failure(), "still starting")
        #expect(try await canary.connectionsSoFar() == 0)
    }

    @Test("A connection that nobody uses is ended when its address is no longer allowed, and no other takes its place")
    func narrowedIdle() async throws {
        let server = try await server()
        let gate = try AddressGate(allowing: ["127.0.0.0/8"])
        let harness = try await ExchangeHarness(
            url("tools.example", server, .http), within: .guarded(gate), lookup: .loopback)
        try await harness.complete()
        gate.change(to: try AddressGuard(allowing: ["127.0.0.1"]))
        try await harness.run { $0.endForbidden() }
        try await harness.complete()
        gate.change(to: try AddressGuard(allowing: ["127.0.0.2"]))
        try await harness.run { $0.endForbidden() }
        #expect(try await server.nextClosed() == 1)
        expectRefused(try await harness.send().failure(), "127.0.0.1 is not a public address")
        #expect(try await server.connectionsSoFar() == 1)
    }

    @Test("A call under way ends when its address is no longer allowed, and hears why")
    func narrowedBusy() async throws {
        let server = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.events()) }
        let gate = try AddressGate(allowing: ["127.0.0.1"])
        let harness = try await ExchangeHarness(
            url("tools.example", server, .http), within: .guarded(gate), lookup: .loopback)
        let exchange = try await harness.send()
        _ = try await exchange.log.first { $0 == .head(200) }
        gate.change(to: try AddressGuard(allowing: []))
        try await harness.run { $0.endForbidden() }
        let failure = try await exchange.failure()
        #expect(failure.code == .notReachable)
        #expect(failure.logDetail.contains("127.0.0.1"))
        #expect(!failure.detail.contains("127.0.0.1"))
        #expect(!failure.nothingSent)
        #expect(try await server.nextClosed() == 1)
    }

    @Test("A connection that was begun under another guard is judged again when it is there")
    func narrowedWhileConnecting() async throws {
        let server = try await server()
        let gate = try AddressGate(allowing: ["127.0.0.1"])
        let nothing = try AddressGuard(allowing: [])
        let harness = try await ExchangeHarness(
            url("tools.example", server, .http), within: .guarded(gate), lookup: .loopback)
        let exchange = try await harness.run { pool in
            let exchange = SentExchange(pool, .GET, "/", nil)
            // The look-up has begun; the guard it is checked against is the one in force when the connection is there.
            gate.change(to: nothing)
            return exchange
        }
        expectRefused(try await exchange.failure())
    }

    @Test("A name without an address cannot be reached")
    func noAddress() async throws {
        let harness = try await ExchangeHarness(
            HTTPURL("https://tools.example/"), within: Reach.allowing([]),
            lookup: ScriptedLookup([[]]).lookup)
        expectRefused(try await harness.send().failure(), "cannot be resolved")
    }

    @Test("Each request that waits hears of the refusal")
    func allWaiting() async throws {
        let harness = try await ExchangeHarness(
            HTTPURL("https://tools.example/"), within: Reach.allowing([]),
            lookup: ScriptedLookup([["10.0.0.1"]]).lookup)
        let sent = [try await harness.send(), try await harness.send(), try await harness.send()]
        for exchange in sent { expectRefused(try await exchange.failure(), "10.0.0.1") }
        #expect(try await harness.run { $0.isEmpty })
    }

    @Test("An allowed address is connected to under its name, the next one where the first does not answer")
    func allowed() async throws {
        let server = try await server()
        let harness = try await ExchangeHarness(
            url("tools.example", server, .http), within: Reach.allowing(["127.0.0.0/8", "::1"]),
            lookup: ScriptedLookup([["::1", "127.0.0.3", "127.0.0.1"]]).lookup)
        try await harness.complete()
        #expect(try await server.nextRequest().header("Host") == "tools.example:\(server.port)")
    }

    @Test("The certificate is checked against the name, not against the address")
    func certificate() async throws {
        let server = try await ScriptedServer(certificate: .other) { _, connection in
            connection.send(HTTPAnswers.empty())
        }
        func harness(_ host: String) async throws -> ExchangeHarness {
            try await ExchangeHarness(
                url(host, server), trust: .custom(TestCertificate.other.clientContext()),
                within: Reach.allowing(["127.0.0.1"]), lookup: ScriptedLookup([["127.0.0.1"]]).lookup)
        }
        try await harness("other.example").complete()
        expectRefused(try await harness("tools.example").send().failure(), "another name")
    }

    @Test("Servers that may be anywhere, and those behind different gates, share no connections")
    func pools() async throws {
        let server = try await server()
        let url = try server.url()
        let one = try AddressGate(allowing: ["127.0.0.1"])
        let other = try AddressGate(allowing: ["127.0.0.1"])
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        try await eventLoop.submit {
            let pools = HTTPConnectionPools(eventLoop: eventLoop)
            let free = pools.pool(for: url.origin, .anywhere)
            let first = pools.pool(for: url.origin, .guarded(one))
            #expect(free !== first)
            #expect(first === pools.pool(for: url.origin, .guarded(one)))
            #expect(first !== pools.pool(for: url.origin, .guarded(other)))
            #expect(free === pools.pool(for: url.origin, .anywhere))
        }.get()
    }

    @Test(
        "A link made for a guarded address is guarded, whatever its transport; an allowed network lets it through",
        arguments: [UpstreamAddress.HTTPTransport.detect, .sse, .streamableHTTP])
    func links(transport: UpstreamAddress.HTTPTransport) async throws {
        let server = try await ScriptedServer { request, connection in
            connection.send(
                request.method == "GET"
                    ? HTTPAnswers.events() + "event: endpoint\ndata: /m\n\n" : HTTPAnswers.json(HTTPAnswers.result(1)))
        }
        let url = try server.url()
        let maker = LinkMaker(
            eventLoops: MultiThreadedEventLoopGroup.singleton, settings: .forTests, logger: Logger(label: "test"))
        func harness(_ networks: [String]) async throws -> HTTPLinkHarness {
            let address = UpstreamAddress.http(
                url, headers: [], transport, within: try Reach.allowing(networks))
            let factory = maker.factory(for: address, named: "server")
            return try await HTTPLinkHarness { pools, _ in factory(pools.eventLoop) }
        }
        let refused = try await harness([])
        try await refused.call(1)
        expectRefused(transport == .sse ? try await refused.closure() : try await refused.failure(of: 1))
        let allowed = try await harness(["127.0.0.0/8"])
        #expect(try await allowed.next() == .opened)
        try await allowed.call(1)
        #expect(try await server.nextRequest().connection == 1)
        if transport != .sse {
            #expect(try await allowed.next() == .received(HTTPAnswers.result(1), relatedTo: 1))
        }
        try await allowed.close()
    }

    @Test("A redirect is not followed to an address that the guard would allow", arguments: [301, 302, 303, 307, 308])
    func redirects(status: Int) async throws {
        let canary = try await server()
        let answer = HTTPAnswers.empty("\(status) Moved", headers: "Location: \(try canary.url())\r\n")
        let server = try await server(answer)
        let url = try server.url()
        let reach = try Reach.allowing(["127.0.0.0/8"])
        let streamable = try await HTTPLinkHarness {
            StreamableHTTPLink(url: url, headers: [], within: reach, pools: $0, logger: $1)
        }
        try await streamable.call(1)
        #expect(try await streamable.failure(of: 1).code == .unexpectedHTTPAnswer)
        let sse = try await HTTPLinkHarness {
            SSELink(url: url, headers: [], within: reach, pools: $0, logger: $1)
        }
        #expect(try await sse.closure().code == .unexpectedHTTPAnswer)
        #expect(try await canary.connectionsSoFar() == 0)
    }

    @Test("An endpoint on another port is not connected to, although the guard would allow it")
    func endpointElsewhere() async throws {
        let canary = try await server()
        let stream = HTTPAnswers.events() + "event: endpoint\ndata: \(try canary.url("/m"))\n\n"
        let server = try await server(stream)
        let url = try server.url("/sse")
        let reach = try Reach.allowing(["127.0.0.0/8"])
        let link = try await HTTPLinkHarness {
            SSELink(url: url, headers: [], within: reach, pools: $0, logger: $1)
        }
        try await link.call(1)
        #expect(try await link.closure().detail.contains("endpoint"))
        #expect(try await canary.connectionsSoFar() == 0)
    }
}
