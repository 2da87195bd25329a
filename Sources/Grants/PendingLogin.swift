import MCPCore
import MCPUpstream
import NIOCore

/// A login that has begun, as long as nobody has come back from it.
struct PendingLogin: Sendable {
    /// For how long somebody may take.
    static let lifetime = TimeAmount.minutes(10)

    let grant: ServerGrant
    /// What comes back with the answer.
    let state: String
    /// What nobody else can show for the code.
    let verifier: String
    let redirect: String
    /// For which generation of the grant it is.
    let generation: Int
    let resource: String
    let server: AuthorizationServer
    let client: RegisteredClient
    let scopes: [String]
    /// What the browser that has begun shows when it comes back; nil where that is no browser of ours.
    let browser: String?
    let end: NIODeadline

    init(
        of grant: ServerGrant, generation: Int, redirect: String, _ protection: Protection, as client: RegisteredClient,
        scopes: [String], browser: String?, state: String = ProofKey.random(), end: NIODeadline = .now() + lifetime
    ) {
        self.grant = grant
        self.generation = generation
        (self.state, verifier) = (state, ProofKey.random())
        self.redirect = redirect
        resource = protection.resource
        // Many may have begun, and others say how much there is of the rest.
        server = protection.server.withoutLists
        self.client = client
        self.scopes = scopes
        self.browser = browser
        self.end = end
    }

    /// Where the browser goes to: the authorization request
    /// ([Authorization Flow Steps, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#authorization-flow-steps)).
    func address(at endpoint: String) -> String {
        var fields = [
            ("response_type", "code"), ("client_id", client.identifier), ("redirect_uri", redirect), ("state", state),
            ("code_challenge", ProofKey.challenge(of: verifier)), ("code_challenge_method", "S256"),
            ("resource", resource),
        ]
        if !scopes.isEmpty { fields.append(("scope", scopes.joined(separator: " "))) }
        let query = FormText.write(fields.map { (name: $0.0, value: Array($0.1.utf8)) })
        return "\(endpoint)\(endpoint.utf8.contains(UInt8(ascii: "?")) ? "&" : "?")\(String(buffer: query))"
    }
}
