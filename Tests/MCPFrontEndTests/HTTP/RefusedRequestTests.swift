import Logging
import MCPCore
import MCPGateway
import MCPValues
import Metrics
import NIOHTTP1
import Testing

@testable import MCPFrontEnd

@Suite struct RefusedRequestTests {
    private let origin = RequestOrigin(address: "::1")

    private func facts(
        _ status: HTTPResponseStatus, _ certificate: ClientCertificate?, by principal: Principal? = nil
    ) -> [String: String] {
        let request = RefusedRequest(
            status: status, kind: .unauthorized, reason: "why", origin: origin, server: "route",
            principal: principal, certificate: certificate)
        return request.facts(server: "git").mapValues(\.description)
    }

    private func certificate(_ subject: String, _ names: [String] = []) -> ClientCertificate {
        ClientCertificate(subject: subject, names: names, fingerprint: "0a", ends: 0)
    }

    @Test("Who is asked to show who they are, and has shown a certificate, is told by what it says")
    func certificates() {
        #expect(facts(.unauthorized, certificate("CN=x", ["DNS:y"]))["certificate"] == "CN=x")
        #expect(facts(.unauthorized, certificate("", ["DNS:y"]))["certificate"] == "DNS:y")
        #expect(facts(.unauthorized, certificate(""))["certificate"] == "sha256:0a")
        #expect(facts(.unauthorized, nil)["certificate"] == nil)
        #expect(facts(.notFound, certificate("CN=x"))["certificate"] == nil)
    }

    @Test("Who has a name is told by it")
    func principals() {
        let named = Principal(Standing(client: "laptop", .none))
        #expect(facts(.forbidden, nil, by: named)["by"] == "client laptop")
        #expect(facts(.forbidden, nil, by: Principal(name: "token 1"))["by"] == nil)
    }

    @Test("Request, status, reason, address and server are told of every one")
    func others() {
        #expect(
            facts(.notFound, nil) == [
                "request": origin.number.text, "status": "404", "reason": "why", "address": "::1", "server": "git",
            ])
    }
}
