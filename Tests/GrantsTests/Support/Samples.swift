import AccessTokens
import Addresses
import MCPCore
import NIOCore

@testable import Grants

/// A server, who protects it, and what both say.
enum Samples {
    static let server = "https://mcp.example.com/mcp"
    static let issuer = "https://login.example.com"
    static let resourcePlace = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp"
    static let issuerPlace = "https://login.example.com/.well-known/oauth-authorization-server"
    static let tokenEndpoint = "https://login.example.com/token"
    static let registration = "https://login.example.com/register"
    static let redirect = "http://127.0.0.1:5555/callback"

    /// 2027-01-15.
    static let now = UnixTime(milliseconds: 1_800_000_000_000)

    static func json(_ text: String) throws -> JSONText { try JSONText(scanning: ByteBuffer(string: text)) }

    static func resource(
        _ resource: String = server, issuers: [String] = [issuer], scopes: [String]? = nil
    ) -> String {
        var object = JSONObjectWriter()
        object.add("resource", resource)
        object.add("authorization_servers", issuers)
        if let scopes { object.add("scopes_supported", scopes) }
        return String(buffer: object.finished)
    }

    /// What an authorization server says of itself.
    ///
    /// - Parameter more: Members in place of those, or beside them, by their names; an empty text leaves one out.
    static func metadata(_ issuer: String = issuer, _ more: [String: String] = [:]) -> String {
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        let members = [
            "issuer": "\"\(issuer)\"", "authorization_endpoint": "\"\(base)/authorize\"",
            "token_endpoint": "\"\(base)/token\"", "registration_endpoint": "\"\(base)/register\"",
            "code_challenge_methods_supported": #"["plain","S256"]"#,
            "token_endpoint_auth_methods_supported": #"["none","client_secret_basic"]"#,
            "authorization_response_iss_parameter_supported": "true",
        ].merging(more) { $1 }
        return
            "{\(members.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))}"
    }

    static func authorizationServer(_ more: [String: String] = [:]) throws -> AuthorizationServer {
        try AuthorizationServer(
            try json(metadata(issuer, more)), of: issuer, from: try HTTPURL(issuerPlace), mayBeCalled: { _ in true })
    }

    static func protection(
        scopes: [String]? = nil, _ more: [String: String] = [:]
    ) throws -> Protection {
        Protection(resource: server, server: try authorizationServer(more), scopesSupported: scopes)
    }

    static func token(_ name: String, lifetime: Int = 3_600, refresh: String? = nil, scope: String? = nil) -> String {
        var object = JSONObjectWriter()
        object.add("access_token", name)
        object.add("token_type", "Bearer")
        object.add("expires_in", lifetime)
        object.add("refresh_token", refresh)
        object.add("scope", scope)
        return String(buffer: object.finished)
    }

    static let client = RegisteredClient(
        issuer: issuer, identifier: "proxy", secret: nil, method: .none, redirect: redirect)

    static func facts(
        _ token: String = "first", refresh: String? = "refresh-first", lifetime: Int64 = 3_600_000,
        since: UnixTime = now, resource: String = server, scopes: [String] = []
    ) throws -> GrantFacts {
        let text = Self.token(token, lifetime: Int(lifetime / 1_000), refresh: refresh)
        let answer = try TokenAnswer(
            GrantRequests.Answer(status: 200, body: try json(text)), from: try HTTPURL(tokenEndpoint))
        return GrantFacts(
            answer, resource: resource, tokenEndpoint: tokenEndpoint, client: client, asked: scopes, now: since)
    }

    /// The words with which something is refused; nil where it is not.
    static func words(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch let failure as GrantFailure {
            return failure.words
        } catch {
            return "another error: \(error)"
        }
    }

    /// The failure with which something ends; nil where it does not fail.
    static func failure<Value>(_ body: () async throws(GrantFailure) -> Value) async -> GrantFailure? {
        do throws(GrantFailure) {
            _ = try await body()
            return nil
        } catch {
            return error
        }
    }
}
