import AccessTokens
import MCPGateway
import MCPValues
import ProxyConfiguration
import Synchronization

/// Callers with access tokens: each is one principal with whatever token of theirs they come, as long as that gives the
/// same rights.
///
/// Who somebody is: the issuer and the subject, the client of the configuration that they are, and those of its scopes that
/// their token has. So a token that was refreshed is the same caller, and one with more scopes cannot lend its rights to one
/// with fewer.
final class TokenHolders: Sendable {
    private struct Holder {
        weak var standing: Standing?
        let token: VerifiedToken
    }

    private struct State {
        var clients: [ClientSettings] = []
        var holders: [ByteText: Holder] = [:]
        /// When those are looked for who have gone.
        var tidiedAt = 64
    }

    private let state = Mutex(State())

    /// Whom a token stands for; nil where no client matches.
    func principal(of token: VerifiedToken) -> Principal? {
        state.withLock { state in
            guard let role = Role(of: token, among: state.clients) else { return nil }
            let name = ByteText(role.name(of: token))
            let standing = state.holders[name]?.standing ?? Standing(holder: name.text, role.rights)
            standing.take(role.rights, wider: role.wider)
            if state.holders.count >= state.tidiedAt {
                state.holders = state.holders.filter { $0.value.standing != nil }
                state.tidiedAt = max(64, 2 * state.holders.count)
            }
            state.holders[name] = Holder(standing: standing, token: token)
            return Principal(standing)
        }
    }

    /// Gives everybody the rights that they have by other clients of the configuration.
    ///
    /// - Returns: Those who may do something else than before.
    func keep(_ clients: [ClientSettings]) -> Set<Principal> {
        state.withLock { state in
            var changed: Set<Principal> = []
            for (name, holder) in state.holders {
                guard let standing = holder.standing else { continue }
                let role = Role(of: holder.token, among: clients)
                let same = role.flatMap { ByteText($0.name(of: holder.token)) == name ? $0 : nil }
                if standing.take(same?.rights ?? .none, wider: same?.wider ?? []) {
                    changed.insert(Principal(standing))
                }
            }
            state.clients = clients
            return changed
        }
    }

    /// Everybody who has come with a token and is still there.
    var all: [Principal] { state.withLock { $0.holders.values.compactMap(\.standing).map(Principal.init) } }

    /// Whether somebody has come with a token, and is still there.
    func knows(_ principal: Principal) -> Bool {
        state.withLock { $0.holders.values.contains { $0.standing?.name == principal.name } }
    }
}

/// Which client of the configuration a caller is, with what of its scopes.
private struct Role {
    /// Empty for somebody who is none.
    private let client: String
    private let scopes: [ScopeRights]
    /// The client's scopes that the token has not.
    private let lacking: [ScopeRights]
    private let ownRights: Rights

    /// The first client that matches: to add up several could give more than any of them says, such as the servers of one
    /// with the tools of another.
    init?(of token: VerifiedToken, among clients: [ClientSettings]) {
        guard let client = clients.first(where: { $0.match?.isMet(by: token) ?? false }) else {
            // Where nothing is said of anybody, whoever has a token that is in order may use what no token guards.
            guard clients.isEmpty else { return nil }
            (self.client, scopes, lacking, ownRights) = ("", [], [], .unguarded)
            return
        }
        self.client = client.name
        ownRights = client.rights
        let has = { (known: ScopeRights) in token.scopes.contains { $0.utf8.elementsEqual(known.scope.utf8) } }
        scopes = client.scopes.filter(has)
        lacking = client.scopes.filter { !has($0) }
    }

    var rights: Rights { scopes.reduce(ownRights) { $0.adding($1.more) } }

    /// What each scope of the client would add that the token has not.
    var wider: [ScopedRights] {
        lacking.map { ScopedRights(scope: $0.scope, rights: rights.adding($0.more)) }
    }

    /// In ASCII without spaces, so that nobody can have a name that is put together like another's.
    func name(of token: VerifiedToken) -> String {
        ([token.issuer, token.subject, client] + scopes.map(\.scope)).map(Self.escape).joined(separator: " ")
    }

    private static func escape(_ text: String) -> String {
        text.utf8.map { byte in
            byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "%")
                ? String(Unicode.Scalar(byte)) : "%" + String(Int(byte) + 0x100, radix: 16).dropFirst()
        }.joined()
    }
}

extension ClientMatch {
    /// Whether a token has this issuer and all of the claims.
    fileprivate func isMet(by token: VerifiedToken) -> Bool {
        token.issuer.utf8.elementsEqual(issuer.utf8)
            && claims.allSatisfy { claim in
                claim.values.contains { claim.path.matches($0, in: token.claims) }
            }
    }
}
