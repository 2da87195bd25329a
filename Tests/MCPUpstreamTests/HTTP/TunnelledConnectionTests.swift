import Addresses
import NIOCore
import Testing

@testable import MCPUpstream

/// What goes to a proxy, and when, seen from the proxy.
@Suite struct TunnelledConnectionTests {
    private static let established = "HTTP/1.1 200 Connection established\r\n\r\n"

    /// A proxy that is the server as well: what comes through the tunnel is answered by it.
    private func proxy(_ answer: String = established) async throws -> ScriptedServer {
        try await ScriptedServer { request, connection in
            connection.send(request.method == "CONNECT" ? answer : HTTPAnswers.empty())
        }
    }

    private func route(_ proxy: ScriptedServer) throws -> ProxyRoute {
        .through(try ForwardProxy("http://127.0.0.1:\(proxy.port)"))
    }

    private func lookup(_ addresses: String...) -> AddressLookup {
        AddressLookup { _, port in try addresses.map { try SocketAddress(ipAddress: $0, port: port) } }
    }

    @Test(
        "One tunnel carries several requests, and the proxy resolves the name", arguments: ["a.example", "192.0.2.7"])
    func tunnel(host: String) async throws {
        let proxy = try await proxy()
        let harness = try await ExchangeHarness(HTTPURL("http://\(host)/x"), route: route(proxy))
        try await harness.complete("/one")
        try await harness.complete("/two")
        let connect = try await proxy.nextRequest()
        #expect(connect.method == "CONNECT" && connect.target == "\(host):80")
        #expect(connect.header("Host") == "\(host):80")
        let requests = [try await proxy.nextRequest(), try await proxy.nextRequest()]
        #expect(requests.map(\.target) == ["/one", "/two"])
        #expect(requests.map(\.connection) == [1, 1])
        #expect(requests.allSatisfy { $0.header("Host") == host && $0.header("Proxy-Authorization") == nil })
    }

    @Test("A refusal fails the request with the proxy's status, and nothing else was written")
    func refused() async throws {
        let proxy = try await proxy("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
        let failure = try await ExchangeHarness(HTTPURL("http://a.example/"), route: route(proxy)).send().failure()
        #expect(failure.code == .notReachable && failure.nothingSent)
        #expect(failure.detail.contains("http://a.example cannot be reached: the proxy http://127.0.0.1:\(proxy.port)"))
        #expect(failure.detail.contains("403"))
        #expect(try await proxy.nextRequest().method == "CONNECT")
        #expect(try await proxy.nextClosed() == 1)
        #expect(!proxy.log.rest.contains { if case .request = $0 { true } else { false } })
    }

    @Test("A proxy that cannot be reached is named")
    func down() async throws {
        let port = try await ScriptedServer.freePort()
        let route = ProxyRoute.through(try ForwardProxy("http://u:canary@127.0.0.1:\(port)"))
        let failure = try await ExchangeHarness(HTTPURL("https://a.example/"), route: route).send().failure()
        #expect(
            failure.detail
                == "https://a.example cannot be reached: the proxy http://127.0.0.1:\(port) cannot be reached: "
                + "Connection refused")
    }

    @Test("A proxy that does not answer is given up after the connect time-out")
    func silent() async throws {
        let proxy = try await ScriptedServer { _, _ in }
        var settings = HTTPLinkSettings()
        // The connection itself has to be made within it, on a busy machine, too.
        settings.connectTimeout = .seconds(2)
        let harness = try await ExchangeHarness(HTTPURL("http://a.example/"), settings: settings, route: route(proxy))
        let failure = try await harness.send().failure()
        #expect(failure.detail.hasSuffix("did not answer CONNECT in time"))
        #expect(try await proxy.nextClosed() == 1)
    }

    @Test("Where a proxy is meant that cannot be used, nothing is called")
    func unusable() async throws {
        let canary = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.empty()) }
        let url = try HTTPURL("http://127.0.0.1:\(canary.port)/")
        let failure = try await ExchangeHarness(url, route: .unusable("ALL_PROXY cannot be used: x")).send().failure()
        #expect(failure.detail == "\(url.origin) cannot be reached: ALL_PROXY cannot be used: x")
        #expect(try await canary.connectionsSoFar() == 0)
    }

    // MARK: Guarded servers

    @Test("For a guarded server the proxy is asked for an address that was judged, never for the name")
    func judged() async throws {
        let proxy = try await proxy()
        let harness = try await ExchangeHarness(
            HTTPURL("http://tools.example/"), within: .allowing(["8.8.8.8", "2001:4860:4860::8888"]),
            route: route(proxy), lookup: lookup("2001:4860:4860::8888", "8.8.8.8"))
        try await harness.complete()
        #expect(try await proxy.nextRequest().target == "8.8.8.8:80")
        #expect(try await proxy.nextRequest().header("Host") == "tools.example")
        let six = try await ExchangeHarness(
            HTTPURL("http://tools.example:8080/"), within: .allowing(["2001:4860:4860::8888"]),
            route: route(proxy), lookup: lookup("2001:4860:4860::8888"))
        try await six.complete()
        #expect(try await proxy.nextRequest().target == "[2001:4860:4860::8888]:8080")
    }

    @Test(
        "A proxy is not asked for what the guard forbids",
        arguments: [["10.1.2.3"], ["8.8.8.8", "169.254.169.254"], ["127.0.0.1"], ["::ffff:10.1.2.3"], []])
    func forbidden(addresses: [String]) async throws {
        let proxy = try await proxy()
        let lookup = AddressLookup { _, port in try addresses.map { try SocketAddress(ipAddress: $0, port: port) } }
        let harness = try await ExchangeHarness(
            HTTPURL("https://tools.example/"), within: .allowing([]), route: route(proxy), lookup: lookup)
        let failure = try await harness.send().failure()
        #expect(failure.code == .notReachable && failure.nothingSent)
        #expect(failure.detail.contains(addresses.isEmpty ? "cannot be resolved" : "is not called"))
        #expect(!addresses.contains { failure.detail.contains($0) })
        for url in ["https://10.1.2.3/", "http://8.8.8.8/", "https://[::1]/"] {
            let harness = try await ExchangeHarness(HTTPURL(url), within: .allowing([]), route: route(proxy))
            #expect(try await harness.send().failure().detail.contains("is not called"))
        }
        #expect(try await proxy.connectionsSoFar() == 0)
    }

    @Test("The operator's proxy is not shown to who added a server, but to the log")
    func secrecy() async throws {
        let proxy = try await proxy("HTTP/1.1 403 Forbidden\r\n\r\n")
        let harness = try await ExchangeHarness(
            HTTPURL("https://8.8.8.8/"), within: .allowing([]), route: route(proxy))
        let failure = try await harness.send().failure()
        #expect(failure.detail.contains("the HTTP proxy of the operator refused to connect to it (HTTP status 403)"))
        #expect(!failure.detail.contains("\(proxy.port)"))
        #expect(failure.logDetail.contains("the proxy http://127.0.0.1:\(proxy.port) refused"))
    }

    @Test(
        "The address of the proxy itself is the operator's, and what a tunnel leads to is judged when the guard changes"
    )
    func changedGuard() async throws {
        let proxy = try await proxy()
        let gate = try AddressGate(allowing: ["8.8.8.8"])
        let harness = try await ExchangeHarness(
            HTTPURL("http://tools.example/"), within: .guarded(gate), route: route(proxy), lookup: lookup("8.8.8.8"))
        try await harness.complete()
        try await harness.run { $0.endForbidden() }
        #expect(try await harness.run { $0.connectionCount } == 1)
        gate.change(to: try AddressGuard(allowing: ["127.0.0.1"]))
        try await harness.run { $0.endForbidden() }
        #expect(try await proxy.nextClosed() == 1)
    }
}
