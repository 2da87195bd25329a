import AccessTokens
import MCPCore
import NIOCore

/// What the proxy holds to call one server: who gave it, and what it can be renewed with.
struct GrantFacts: Sendable, Equatable {
    /// What it is for; not used for anything else.
    let resource: String
    let tokenEndpoint: String
    /// Where its tokens are given back; nil where the authorization server has no such place.
    var revocationEndpoint: String?
    let client: RegisteredClient
    var accessToken: String
    var expiry: UnixTime
    /// When it was got, or renewed.
    var since: UnixTime
    /// nil where it cannot be renewed.
    var refreshToken: String?
    /// What was asked for, or given where the server has said so.
    var scopes: [String]
    var account: String?

    init(
        _ answer: TokenAnswer, resource: String, tokenEndpoint: String, client: RegisteredClient, asked: [String],
        now: UnixTime
    ) {
        self.resource = resource
        self.tokenEndpoint = tokenEndpoint
        self.client = client
        accessToken = answer.accessToken
        expiry = UnixTime(milliseconds: now.milliseconds + answer.lifetime * 1_000)
        since = now
        refreshToken = answer.refreshToken
        scopes = answer.scopes ?? asked
        account = answer.account
    }

    /// The same after it was renewed. An authorization server that gives no other refresh token means the one that it has
    /// given ([RFC 6749, 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).
    func renewed(by answer: TokenAnswer, now: UnixTime) -> GrantFacts {
        var facts = GrantFacts(
            answer, resource: resource, tokenEndpoint: tokenEndpoint, client: client, asked: scopes, now: now)
        facts.revocationEndpoint = revocationEndpoint
        facts.refreshToken = answer.refreshToken ?? refreshToken
        facts.account = answer.account ?? account
        return facts
    }

    // MARK: As it is kept

    /// nil where it cannot be read.
    init?(_ kept: ByteBuffer) {
        // What cannot be read is none.
        guard let root = (try? JSONText(scanning: kept, maximumDepth: 32))?.root,
            let resource = root["resource"]?.string, let tokenEndpoint = root["tokenEndpoint"]?.string,
            let client = root["client"].flatMap(RegisteredClient.init), let token = root["accessToken"]?.string,
            let expiry = root["expiry"]?.integer, let since = root["since"]?.integer
        else { return nil }
        self.resource = resource
        self.tokenEndpoint = tokenEndpoint
        revocationEndpoint = root["revocationEndpoint"]?.string
        self.client = client
        accessToken = token
        self.expiry = UnixTime(milliseconds: expiry)
        self.since = UnixTime(milliseconds: since)
        refreshToken = root["refreshToken"]?.string
        scopes = root["scopes"]?.elements.compactMap(\.string) ?? []
        account = root["account"]?.string
    }

    var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("resource", resource)
        object.add("tokenEndpoint", tokenEndpoint)
        object.add("revocationEndpoint", revocationEndpoint)
        object.add("client", json: client.json)
        object.add("accessToken", accessToken)
        object.add("expiry", Int(expiry.milliseconds))
        object.add("since", Int(since.milliseconds))
        object.add("refreshToken", refreshToken)
        object.add("scopes", scopes)
        object.add("account", account)
        return object.finished
    }
}
