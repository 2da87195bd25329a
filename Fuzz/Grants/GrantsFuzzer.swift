import AccessTokens
import Addresses
import FuzzSupport
import MCPCore
import MCPUpstream
import NIOCore

@testable import Grants

@main enum GrantsFuzzer {
    static func main() {
        runFuzzer(fuzzGrants)
    }
}

private let issuer = "https://login.example.com"

/// Takes the input for what a server asks for, for what a browser comes back with, and for every document that servers
/// and authorization servers send.
private func fuzzGrants(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    fuzzChallenge(text)
    let answer = try? LoginAnswer(query: text)
    guard let server = try? HTTPURL("https://mcp.example.com/a/mcp"), let endpoint = try? HTTPURL(issuer) else {
        return
    }
    if let answer {
        let known = AuthorizationServer(issuer: issuer, tokenEndpoint: endpoint)
        if (try? answer.code(from: known)) != nil {
            precondition(answer.issuer.map { $0.utf8.elementsEqual(issuer.utf8) } ?? true, "another issuer's code")
            precondition(answer.error == nil)
        }
    }
    let bytes = ByteBuffer(bytes: input)
    if let facts = GrantFacts(bytes) { precondition(GrantFacts(facts.json) == facts, "what is kept is read again") }
    guard let document = try? JSONText(scanning: bytes, maximumDepth: 32) else { return }
    if let metadata = try? ResourceMetadata(document, of: server, from: server) {
        precondition((try? HTTPURL(metadata.resource))?.origin == server.origin, "another origin's metadata")
        precondition(!metadata.authorizationServers.isEmpty)
    }
    let isSecure: (HTTPURL) -> Bool = { $0.origin.scheme == .https }
    if let found = try? AuthorizationServer(document, of: issuer, from: endpoint, mayBeCalled: isSecure) {
        let all = [found.tokenEndpoint, found.authorizationEndpoint, found.registrationEndpoint].compactMap { $0 }
        precondition(all.allSatisfy(isSecure))
    }
    if let token = try? TokenAnswer(GrantRequests.Answer(status: 200, body: document), from: endpoint) {
        precondition(token.lifetime >= 0 && RequestCredential(token: token.accessToken, edition: 1) != nil)
    }
    _ = RegisteredClient(document.root)
}

private func fuzzChallenge(_ text: String) {
    let fields = text.split(separator: "\n").map(String.init)
    guard let challenge = BearerChallenge(fields) else { return }
    let scopes = challenge.scopes ?? []
    precondition(Set(scopes).count == scopes.count, "each scope once")
    precondition(scopes.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } })
}
