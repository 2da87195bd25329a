import AccessTokens
import Addresses
import MCPCore
import MCPUpstream

/// Asks a token endpoint for a token, as a client that it knows.
struct TokenRequest: Sendable {
    private static let secretFields: Set = [
        "code", "code_verifier", "refresh_token", "client_secret", "client_assertion", "assertion", "subject_token",
    ]

    let requests: GrantRequests
    let client: RegisteredClient
    let endpoint: HTTPURL
    /// Where the private key of a client is that has one, in PEM.
    let privateKeyFile: String?
    let readFile: @Sendable (String) throws(GrantFailure) -> String
    let wall: @Sendable () -> UnixTime

    /// For the code that a browser has brought back.
    func redeem(_ code: String, of login: PendingLogin) async throws(GrantFailure) -> TokenAnswer {
        try await send([
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", login.redirect),
            ("code_verifier", login.verifier), ("resource", login.resource),
        ])
    }

    /// For a refresh token.
    func renew(_ facts: GrantFacts, _ refreshToken: String) async throws(GrantFailure) -> TokenAnswer {
        try await send(
            [("grant_type", "refresh_token"), ("refresh_token", refreshToken), ("resource", facts.resource)],
            hiding: [facts.accessToken])
    }

    /// An assertion about somebody, for another authorization server: a token that is shown to nobody else.
    func assertion(_ fields: [(String, String)]) async throws(GrantFailure) -> String {
        let answer = try await answer(to: fields)
        let root = answer.body.root
        guard answer.status == 200 else {
            let error = OAuthError(answer)
            throw GrantFailure(.refused(error.code ?? ""), "\(endpoint) gives no assertion: \(error.words)")
        }
        guard root["issued_token_type"]?.string == TokenType.identityAssertion,
            let assertion = root["access_token"]?.string, !assertion.isEmpty
        else {
            throw GrantFailure(.unusable, "\(endpoint) answers without an assertion (\(TokenType.identityAssertion))")
        }
        return assertion
    }

    /// A token by what these fields say.
    ///
    /// - Parameter known: What else whoever answers knows, and nobody else is to read.
    func send(_ fields: [(String, String)], hiding known: [String] = []) async throws(GrantFailure) -> TokenAnswer {
        var answer = try await answer(to: fields)
        answer.secrets += known
        return try TokenAnswer(answer, from: endpoint)
    }

    /// Gives a grant back, so that nothing of it counts any more: its refresh token, else what is left of it
    /// ([RFC 7009, 2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)). The endpoint is the one for that.
    func revoke(_ facts: GrantFacts) async throws(GrantFailure) {
        // The one with which others are got goes first. With it the other one may go, and it is no error to say so twice.
        let tokens = (facts.refreshToken.map { [($0, "refresh_token")] } ?? []) + [(facts.accessToken, "access_token")]
        for (token, kind) in tokens {
            let (fields, headers) = try authenticated([("token", token), ("token_type_hint", kind)])
            try await requests.submit(form: fields, to: endpoint, headers: headers)
        }
    }

    private func answer(to fields: [(String, String)]) async throws(GrantFailure) -> GrantRequests.Answer {
        let (fields, headers) = try authenticated(fields)
        var answer = try await requests.send(form: fields, to: endpoint, headers: headers)
        answer.secrets = fields.filter { Self.secretFields.contains($0.name) }.map(\.value)
        if let secret = client.secret { answer.secrets.append(secret) }
        answer.secrets += headers.flatMap { [$0.value, String($0.value.dropFirst("Basic ".count))] }
        return answer
    }

    private typealias Pairs = [(name: String, value: String)]

    /// The same with what the client shows of who it is.
    private func authenticated(_ fields: [(String, String)]) throws(GrantFailure) -> (fields: Pairs, headers: Pairs) {
        // Also beside the field that says it: many authorization servers look for it here alone.
        var fields = fields.map { (name: $0.0, value: $0.1) } + [(name: "client_id", value: client.identifier)]
        var headers: [(name: String, value: String)] = []
        switch client.method {
        case .none: break
        case .basic:
            headers.append(("Authorization", FormText.basicCredentials(client.identifier, client.secret ?? "")))
        case .post:
            fields.append(("client_secret", client.secret ?? ""))
        case .privateKey:
            fields.append(("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
            let assertion = try ClientAssertion(try readFile(privateKeyFile ?? ""))
            fields.append(("client_assertion", try assertion.text(of: client, now: wall())))
        }
        return (fields, headers)
    }
}
