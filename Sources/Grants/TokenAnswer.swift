import Addresses
import MCPCore
import NIOCore

/// What a token endpoint gives ([RFC 6749, 5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1)).
struct TokenAnswer: Sendable, Equatable {
    /// The longest scope that is remembered.
    private static let maximumScopeBytes = 256
    /// The longest token that is taken.
    static let maximumBytes = 64 << 10
    /// For how long a token counts whose end is not said, in seconds.
    static let assumedLifetime: Int64 = 3_600
    private static let maximumLifetime: Int64 = 10 * 366 * 86_400

    let accessToken: String
    /// In seconds from now.
    let lifetime: Int64
    let refreshToken: String?
    /// nil where they are those that were asked for.
    let scopes: [String]?
    let account: String?

    init(_ answer: GrantRequests.Answer, from place: HTTPURL) throws(GrantFailure) {
        let root = answer.body.root
        // Some say with 200 that there is none, as GitHub does.
        let isRefusal = root["access_token"] == nil && root["error"]?.string != nil
        guard answer.status == 200, !isRefusal else {
            let error = OAuthError(answer)
            throw GrantFailure(.refused(error.code ?? ""), "\(place) gives no token: \(error.words)")
        }
        guard let token = root["access_token"]?.string, !token.isEmpty, token.utf8.count <= Self.maximumBytes,
            token.utf8.allSatisfy(ASCII.isVisible)
        else { throw GrantFailure(.unusable, "\(place) answers without an access_token that can be sent") }
        guard let type = root["token_type"]?.string, ASCII.equal(type, "Bearer") else {
            let said = PrintableText.make(SecretMask.hiding(answer.secrets, in: root["token_type"]?.string ?? ""))
            throw GrantFailure(
                .unusable, "\(place) gives a token of the type \"\(said)\", and the proxy knows Bearer only")
        }
        accessToken = token
        let lifetime = root["expires_in"].flatMap { $0.integer ?? $0.string.flatMap { Int64($0) } }
        self.lifetime = min(max(lifetime ?? Self.assumedLifetime, 0), Self.maximumLifetime)
        refreshToken = root["refresh_token"]?.string.flatMap {
            $0.isEmpty || $0.utf8.count > Self.maximumBytes ? nil : $0
        }
        scopes = root["scope"]?.string.map { text in
            text.utf8.split(separator: UInt8(ascii: " ")).prefix(GrantState.maximumScopes)
                .filter { $0.count <= Self.maximumScopeBytes }.compactMap { String(Substring($0)) }
        }
        account = root["id_token"]?.string.flatMap(Self.account)
    }

    /// Who has logged in, for people to read: nothing hangs on it, so that no signature is checked.
    private static func account(_ token: String) -> String? {
        let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decodeURL(parts[1]),
            // What cannot be read names nobody.
            let claims = (try? JSONText(scanning: .init(bytes: bytes), maximumDepth: 32))?.root
        else { return nil }
        let name = ["email", "preferred_username", "name", "sub"].lazy.compactMap { claims[$0]?.string }.first
        return name.map { PrintableText.make($0, maximumBytes: 200) }
    }
}
