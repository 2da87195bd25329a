import Logging
import NIOCore
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
    ) -> UpstreamURL {
        // As no reader of URLs would make it, so that the guard is all there is.
        UpstreamURL(origin: HTTPOrigin(scheme: scheme, host: host, port: server.port), target: "/")
    }

    private func expectRefused(_ failure: UpstreamFailure, _ words: String = "is not called") {
        #expect(failure.code == .notReachable)
        #expect(failure.nothingSent)
        #expect(failure.detail.contains(words), "\(failure.detail)")
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
        let addressGuard = try AddressGuard(allowing: [])
        for scheme in HTTPOrigin.Scheme.allCases {
            let harness = try await ExchangeHarness(url(host, canary, scheme), guardedBy: addressGuard)
            let failure = try await harness.send().failure()
            // Not every system's resolver reads every form; what it cannot read, it does not connect to.
            expectRefused(failure, failure.detail.contains("cannot be resolved") ? "resolved" : "is not called")
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
            url("tools.example", canary), guardedBy: AddressGuard(allowing: []), lookup: lookup.lookup)
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
            url("tools.example", server, .http), guardedBy: AddressGuard(allowing: ["127.0.0.1"]),
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
            url("tools.example", canary, .http), guardedBy: AddressGuard(allowing: ["127.0.0.0/8"]),
            lookup: ScriptedLookup([["127.0.0.1", "8.8.8.8"]]).lookup)
        expectRefused(try await harness.send().failure(), "https://")
        #expect(try await canary.connectionsSoFar() == 0)
    }

    @Test("A name that no address may be called for without TLS is not even resolved")
    func notResolved() async throws {
        let lookup = ScriptedLookup([["8.8.8.8"]])
        let harness = try await ExchangeHarness(
            UpstreamURL("http://tools.example/"), guardedBy: AddressGuard(allowing: []), lookup: lookup.lookup)
        expectRefused(try await harness.send().failure(), "https://")
        #expect(lookup.names.isEmpty)
    }

    @Test("A name without an address cannot be reached")
    func noAddress() async throws {
        let harness = try await ExchangeHarness(
            UpstreamURL("https://tools.example/"), guardedBy: AddressGuard(allowing: []),
            lookup: ScriptedLookup([[]]).lookup)
        expectRefused(try await harness.send().failure(), "cannot be resolved")
    }

    @Test("Each request that waits hears of the refusal")
    func allWaiting() async throws {
        let harness = try await ExchangeHarness(
            UpstreamURL("https://tools.example/"), guardedBy: AddressGuard(allowing: []),
            lookup: ScriptedLookup([["10.0.0.1"]]).lookup)
        let sent = [try await harness.send(), try await harness.send(), try await harness.send()]
        for exchange in sent { expectRefused(try await exchange.failure(), "10.0.0.1") }
        #expect(try await harness.run { $0.isEmpty })
    }

    @Test("An allowed address is connected to under its name, the next one where the first does not answer")
    func allowed() async throws {
        let server = try await server()
        let harness = try await ExchangeHarness(
            url("tools.example", server, .http), guardedBy: AddressGuard(allowing: ["127.0.0.0/8", "::1"]),
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
                guardedBy: AddressGuard(allowing: ["127.0.0.1"]), lookup: ScriptedLookup([["127.0.0.1"]]).lookup)
        }
        try await harness("other.example").complete()
        expectRefused(try await harness("tools.example").send().failure(), "another name")
    }

    @Test("Servers without a guard, and under different guards, share no connections")
    func pools() async throws {
        let server = try await server()
        let url = try server.url()
        let one = try AddressGuard(allowing: ["127.0.0.1"])
        let same = try AddressGuard(allowing: ["127.0.0.1/32"])
        let other = try AddressGuard(allowing: [])
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        try await eventLoop.submit {
            let pools = HTTPConnectionPools(eventLoop: eventLoop)
            let without = pools.pool(for: url.origin)
            let first = pools.pool(for: url.origin, guardedBy: one)
            #expect(without !== first)
            #expect(first === pools.pool(for: url.origin, guardedBy: same))
            #expect(first !== pools.pool(for: url.origin, guardedBy: other))
            #expect(without === pools.pool(for: url.origin))
            #expect(without.addressGuard == nil)
            #expect(first.addressGuard == one)
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
                url, headers: [], transport, guardedBy: try AddressGuard(allowing: networks))
            let factory = maker.factory(for: address)
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
        let addressGuard = try AddressGuard(allowing: ["127.0.0.0/8"])
        let streamable = try await HTTPLinkHarness {
            StreamableHTTPLink(url: url, headers: [], guardedBy: addressGuard, pools: $0, logger: $1)
        }
        try await streamable.call(1)
        #expect(try await streamable.failure(of: 1).code == .unexpectedHTTPAnswer)
        let sse = try await HTTPLinkHarness {
            SSELink(url: url, headers: [], guardedBy: addressGuard, pools: $0, logger: $1)
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
        let addressGuard = try AddressGuard(allowing: ["127.0.0.0/8"])
        let link = try await HTTPLinkHarness {
            SSELink(url: url, headers: [], guardedBy: addressGuard, pools: $0, logger: $1)
        }
        try await link.call(1)
        #expect(try await link.closure().detail.contains("endpoint"))
        #expect(try await canary.connectionsSoFar() == 0)
    }
}
