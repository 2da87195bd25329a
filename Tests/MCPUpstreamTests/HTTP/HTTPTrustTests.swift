import Addresses
import NIOCore
import Testing

@testable import MCPUpstream

@Suite struct HTTPTrustTests {
    private func server(_ certificate: TestCertificate = .localhost) async throws -> ScriptedServer {
        try await ScriptedServer(certificate: certificate) { _, connection in connection.send(HTTPAnswers.empty()) }
    }

    @Test("A trusted certificate for the name or address is accepted", arguments: ["localhost", "127.0.0.1"])
    func trusted(host: String) async throws {
        let server = try await server()
        let trust = HTTPTrust.custom(try TestCertificate.localhost.clientContext())
        let harness = try await ExchangeHarness(server.url(host: host), trust: trust)
        try await harness.complete()
        try await harness.complete()
        #expect(try await server.nextRequest().connection == 1)
        #expect(try await server.nextRequest().connection == 1)
    }

    @Test("A certificate that nobody vouches for is refused before anything is sent")
    func untrusted() async throws {
        let server = try await server()
        let failure = try await ExchangeHarness(server.url()).send().failure()
        #expect(failure.code == .notReachable)
        #expect(failure.nothingSent)
        #expect(failure.detail.contains("not trusted"))
    }

    @Test("Who could not be asked for what TLS says is not said to be away")
    func notBelieved() async throws {
        let server = try await server()
        let unusable = HTTPTrust.unusable(because: "the file cannot be read")
        let failure = try await ExchangeHarness(server.url(), trust: unusable).send().failure()
        #expect(failure.isNotBelieved)
        #expect(failure.detail.hasSuffix("cannot be reached: the file cannot be read"))
        #expect(try await ExchangeHarness(server.url()).send().failure().isNotBelieved)
    }

    /// What happens when a server of loopback is asked for under a host, trusted by its certificate.
    private func outcome(_ certificate: TestCertificate, _ host: HTTPOrigin.Host) async throws -> UpstreamFailure? {
        let server = try await server(certificate)
        let origin = HTTPOrigin(scheme: .https, host: host, port: server.port)
        let harness = try await ExchangeHarness(
            HTTPURL(origin: origin, target: "/"), trust: .custom(try certificate.clientContext()),
            within: .allowing(["127.0.0.1"]), lookup: .loopback)
        let exchange = try await harness.send()
        let end = try await exchange.log.first { event in
            switch event {
            case .end, .failed: true
            default: false
            }
        }
        guard case .failed(let failure) = end else { return nil }
        // The server has heard of no request.
        #expect(failure.code == .notReachable)
        #expect(failure.nothingSent)
        return failure
    }

    @Test(
        "A trusted certificate for another name is refused before anything is sent, and the words say for whom it is",
        arguments: [
            (TestCertificate.other, "localhost", #""other.example""#),
            (.addressOnly, "good.example", "127.0.0.1"),
            (.commonNameOnly, "good.example", "no name"),
            (.wildcard, "good.example", #""*.good.example", "w*.other.example""#),
            (.wildcard, "a.b.good.example", #""*.good.example", "w*.other.example""#),
            (.wildcard, "www.other.example", #""*.good.example", "w*.other.example""#),
            (.localhost, "127.0.0.1.example", #""localhost", 127.0.0.1"#),
        ])
    func otherName(certificate: TestCertificate, name: String, has: String) async throws {
        let failure = try #require(try await outcome(certificate, .name(name)))
        #expect(
            failure.detail.hasSuffix(
                "its TLS certificate is for another name: expected \(name), the certificate has \(has)"))
    }

    @Test("An address that the certificate does not have is refused, whatever names it has")
    func otherAddress() async throws {
        let address = HTTPOrigin.Host.address(.v4(0x7F00_0001))
        let failure = try #require(try await outcome(.other, address))
        #expect(failure.detail.contains("expected 127.0.0.1, the certificate has \"other.example\""))
        #expect(try await outcome(.addressOnly, address) == nil)
    }

    @Test("A wildcard stands for one label, and names are the same with and without the dot of the root")
    func accepted() async throws {
        #expect(try await outcome(.wildcard, .name("www.good.example")) == nil)
        #expect(try await outcome(.wildcard, .name("xn--caf-dma.good.example")) == nil)
        #expect(try await outcome(.other, .name("other.example")) == nil)
        #expect(try await outcome(.other, .name("other.example.")) == nil)
    }

    @Test("Any certificate is accepted where the operator says so")
    func unverified() async throws {
        let server = try await server(.other)
        try await ExchangeHarness(server.url(), trust: .unverified).complete()
    }

    @Test("A server that does not speak TLS is not sent anything")
    func noTLS() async throws {
        let server = try await ScriptedServer(onOpen: { $0.send("HTTP/1.1 400 Bad Request\r\n\r\n") }) { _, _ in }
        let failure = try await ExchangeHarness(HTTPURL("https://127.0.0.1:\(server.port)/")).send().failure()
        #expect(failure.code == .notReachable)
        #expect(failure.nothingSent)
        #expect(failure.detail.contains("TLS"))
    }

    @Test("A server that does not go on with the handshake is given up after the connect time-out")
    func silent() async throws {
        let server = try await ScriptedServer { _, _ in }
        var settings = HTTPLinkSettings()
        settings.connectTimeout = .milliseconds(50)
        let url = try HTTPURL("https://127.0.0.1:\(server.port)/")
        let failure = try await ExchangeHarness(url, settings: settings).send().failure()
        #expect(failure.code == .notReachable)
        #expect(failure.nothingSent)
        #expect(failure.detail.contains("in time"))
        #expect(try await server.nextClosed() == 1)
    }
}
