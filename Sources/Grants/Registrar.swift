import MCPCore
import NIOCore

/// Sees to it that an authorization server knows the proxy, in the order of
/// [Client Registration, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration).
struct Registrar: Sendable {
    /// The longest identifier, or secret, of a client that is taken.
    private static let maximumBytes = 4 << 10

    let settings: GrantSettings
    let requests: GrantRequests
    let clients: ClientShelf

    /// As whom the proxy asks there.
    ///
    /// - Parameter redirect: Where the answer is to be sent.
    func client(of server: AuthorizationServer, redirect: String) async throws(GrantFailure) -> RegisteredClient {
        if let settled = settled(for: server, redirect: redirect) { return settled }
        if let known = clients.client(of: server.issuer, redirect: redirect) { return known }
        return try await register(with: server, redirect: redirect)
    }

    /// Finds out before anybody logs in whether the proxy can be known there.
    ///
    /// - Throws: What the operator has to do first.
    func checkIsPossible(with server: AuthorizationServer) throws(GrantFailure) {
        guard settled(for: server, redirect: "") != nil || server.registrationEndpoint != nil else {
            throw Self.notRegistered(by: server, words: "register the proxy there")
        }
    }

    private static func notRegistered(by server: AuthorizationServer, words: String) -> GrantFailure {
        GrantFailure(
            .unusable,
            "the authorization server \(PrintableText.make(server.issuer)) registers no clients by itself: \(words), and set auth.clientID (and auth.clientSecret) of the server"
        )
    }

    /// As whom the proxy asks there without being registered by itself; nil for nobody.
    private func settled(for server: AuthorizationServer, redirect: String) -> RegisteredClient? {
        if let configured = configured(for: server) { return configured }
        guard server.takesMetadataDocuments, let document = settings.metadataDocument else { return nil }
        return RegisteredClient(
            issuer: server.issuer, identifier: document, secret: nil, method: .none, redirect: redirect)
    }

    /// The client that the operator has registered.
    func configured(for server: AuthorizationServer) -> RegisteredClient? {
        settings.client.map { Self.client($0, of: server) }
    }

    static func client(_ client: GrantClient, of server: AuthorizationServer) -> RegisteredClient {
        let method: RegisteredClient.Method =
            client.privateKeyFile != nil
            ? .privateKey : .init(hasSecret: client.secret != nil, offered: server.authenticationMethods)
        return RegisteredClient(
            issuer: server.issuer, identifier: client.identifier, secret: client.secret, method: method, redirect: "")
    }

    /// Registers the proxy ([RFC 7591](https://www.rfc-editor.org/rfc/rfc7591)).
    private func register(
        with server: AuthorizationServer, redirect: String
    ) async throws(GrantFailure) -> RegisteredClient {
        guard let endpoint = server.registrationEndpoint else {
            throw Self.notRegistered(by: server, words: "register the proxy there, with the redirect URI \(redirect)")
        }
        let method = Self.method(offered: server.authenticationMethods)
        let answer = try await requests.send(
            json: ClientMetadata(redirects: [redirect], method: method).registration, to: endpoint)
        let root = answer.body.root
        guard (200..<300).contains(answer.status), let identifier = root["client_id"]?.string, !identifier.isEmpty,
            max(identifier.utf8.count, root["client_secret"]?.string?.utf8.count ?? 0) <= Self.maximumBytes
        else {
            throw GrantFailure(
                .refused(root["error"]?.string ?? ""),
                "the authorization server \(PrintableText.make(server.issuer)) does not register the proxy: \(OAuthError(answer).words); register it there by hand, and set auth.clientID of the server"
            )
        }
        let secret = root["client_secret"]?.string
        let given = root["token_endpoint_auth_method"]?.string.flatMap(RegisteredClient.Method.init)
        let client = RegisteredClient(
            issuer: server.issuer, identifier: identifier, secret: secret,
            method: given.flatMap { $0 == .privateKey || ($0 != .none) != (secret != nil) ? nil : $0 }
                ?? .init(hasSecret: secret != nil, offered: server.authenticationMethods),
            redirect: redirect)
        clients.keep(client)
        return client
    }

    /// Without a secret where that is possible: what is not there cannot be lost.
    private static func method(offered: [String]?) -> String {
        guard let offered else { return RegisteredClient.Method.basic.rawValue }
        let ours: [RegisteredClient.Method] = [.none, .basic, .post]
        return ours.first { offered.contains($0.rawValue) }?.rawValue ?? RegisteredClient.Method.none.rawValue
    }
}
