import Addresses
import MCPCore
import MCPUpstream
import Synchronization

// MARK: - Getting a token without a login

extension ServerGrant {
    /// A token by what the proxy is known as, or by what the caller has come with.
    func obtained() async throws(GrantFailure) -> GrantFacts {
        switch settings.way {
        case .discovered, .login, .clientCredentials: try await forTheProxy()
        case .tokenExchange(let endpoint, let audience): try await exchanged(at: endpoint, audience)
        case .enterpriseManaged(let provider): try await vouchedFor(by: provider)
        }
    }

    /// A token for the proxy itself ([RFC 6749, 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
    private func forTheProxy() async throws(GrantFailure) -> GrantFacts {
        let (protection, client, scopes) = try await known()
        let fields =
            [("grant_type", "client_credentials"), ("resource", protection.resource)] + Self.scope(scopes)
        let answer = try await tokens(of: client, at: protection.server.tokenEndpoint).send(fields)
        return facts(answer, protection.resource, protection.server.tokenEndpoint, client, scopes)
    }

    /// A token for the one with which the caller came
    /// ([RFC 8693, 2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.1)).
    private func exchanged(at endpoint: HTTPURL, _ audience: String?) async throws(GrantFailure) -> GrantFacts {
        let subject = try subjectToken()
        let client = try registered(settings.client, at: endpoint)
        let resource = settings.address.resourceIdentifier
        let fields =
            [
                ("grant_type", TokenType.exchangeGrant), ("subject_token", subject),
                ("subject_token_type", TokenType.accessToken), ("requested_token_type", TokenType.accessToken),
                ("resource", resource),
            ] + (audience.map { [("audience", $0)] } ?? []) + Self.scope(settings.scopes)
        let answer = try await tokens(of: client, at: endpoint).send(fields)
        return facts(answer, resource, endpoint, client, settings.scopes)
    }

    /// A token for an assertion that an identity provider gives for the one with which the caller came.
    private func vouchedFor(by provider: GrantSettings.IdentityProvider) async throws(GrantFailure) -> GrantFacts {
        let subject = try subjectToken()
        let (protection, client, scopes) = try await known()
        let endpoint: HTTPURL
        if let known = provider.tokenEndpoint {
            endpoint = known
        } else {
            endpoint = try await Discovery(settings: settings, requests: requests)
                .authorizationServer(provider.issuer ?? "").tokenEndpoint
        }
        let asked = try registered(provider.client, at: endpoint)
        let assertion = try await tokens(of: asked, at: endpoint).assertion(
            [
                ("grant_type", TokenType.exchangeGrant), ("subject_token", subject),
                ("subject_token_type", TokenType.accessToken),
                ("requested_token_type", TokenType.identityAssertion), ("audience", protection.server.issuer),
                ("resource", protection.resource),
            ] + Self.scope(scopes))
        let answer = try await tokens(of: client, at: protection.server.tokenEndpoint).send(
            [("grant_type", TokenType.assertionGrant), ("assertion", assertion)] + Self.scope(scopes))
        return facts(answer, protection.resource, protection.server.tokenEndpoint, client, scopes)
    }

    // MARK: What is known

    /// Who protects the server, as whom the proxy is known there, and what it asks for.
    private func known() async throws(GrantFailure) -> (Protection, RegisteredClient, scopes: [String]) {
        let (challenge, wanted) = state.withLock { ($0.grant.challenge, $0.grant.wantedScopes) }
        let protection = try await Discovery(settings: settings, requests: requests).protection(challenge)
        guard let client = registrar.configured(for: protection.server) else {
            throw GrantFailure(.unusable, "auth.clientID is missing")
        }
        let scopes = ScopeChoice(settings.scopes, wanted: wanted, protection).scopes(forPerson: false)
        return (protection, client, scopes)
    }

    /// As whom the proxy is known at an endpoint that the operator has named.
    private func registered(_ client: GrantClient?, at endpoint: HTTPURL) throws(GrantFailure) -> RegisteredClient {
        guard let client else { throw GrantFailure(.unusable, "auth.clientID is missing") }
        return Registrar.client(client, of: AuthorizationServer(issuer: endpoint.fullText, tokenEndpoint: endpoint))
    }

    private func subjectToken() throws(GrantFailure) -> String {
        guard let caller, let token = book.callerTokens.token(of: caller.name) else {
            throw GrantFailure(
                .unusable, "its callers have to come with an access token (mcpProxy.identity), and this one has none")
        }
        return token
    }

    private static func scope(_ scopes: [String]) -> [(String, String)] {
        scopes.isEmpty ? [] : [("scope", scopes.joined(separator: " "))]
    }

    private func facts(
        _ answer: TokenAnswer, _ resource: String, _ endpoint: HTTPURL, _ client: RegisteredClient, _ scopes: [String]
    ) -> GrantFacts {
        GrantFacts(
            answer, resource: resource, tokenEndpoint: endpoint.fullText, client: client, asked: scopes,
            now: surroundings.wall())
    }
}
