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

    @Test("A trusted certificate for another name is refused before anything is sent")
    func otherName() async throws {
        let server = try await server(.other)
        let trust = HTTPTrust.custom(try TestCertificate.other.clientContext())
        let failure = try await ExchangeHarness(server.url(host: "localhost"), trust: trust).send().failure()
        #expect(failure.code == .notReachable)
        #expect(failure.nothingSent)
        #expect(failure.detail.contains("another name"))
    }

    @Test("Any certificate is accepted where the operator says so")
    func unverified() async throws {
        let server = try await server(.other)
        try await ExchangeHarness(server.url(), trust: .unverified).complete()
    }

    @Test("A server that does not speak TLS is not sent anything")
    func noTLS() async throws {
        let server = try await ScriptedServer(onOpen: { $0.send("HTTP/1.1 400 Bad Request\r\n\r\n") }) { _, _ in }
        let failure = try await ExchangeHarness(UpstreamURL("https://127.0.0.1:\(server.port)/")).send().failure()
        #expect(failure.code == .notReachable)
        #expect(failure.nothingSent)
        #expect(failure.detail.contains("TLS"))
    }

    @Test("A server that does not go on with the handshake is given up after the connect time-out")
    func silent() async throws {
        let server = try await ScriptedServer { _, _ in }
        var settings = HTTPLinkSettings()
        settings.connectTimeout = .milliseconds(50)
        let url = try UpstreamURL("https://127.0.0.1:\(server.port)/")
        let failure = try await ExchangeHarness(url, settings: settings).send().failure()
        #expect(failure.code == .notReachable)
        #expect(failure.nothingSent)
        #expect(failure.detail.contains("in time"))
        #expect(try await server.nextClosed() == 1)
    }
}
