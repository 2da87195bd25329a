import AccessTokens
import MCPGateway
import MCPValues
import ProxyConfiguration

/// Who somebody is by a token: the issuer and the subject, the client of the configuration that they are, and those of its
/// scopes that their token has. So a token that was refreshed is the same caller, and one with more scopes cannot lend its
/// rights to one with fewer.
extension VerifiedToken: ProofOfRole {
    /// The role of the first client that matches: to add up several could give more than any of them says, such as the servers
    /// of one with the tools of another.
    func role(among clients: [ClientSettings]) -> ProvenRole? {
        guard let client = clients.first(where: { $0.match?.isMet(by: self) ?? false }) else {
            // Where nothing is said of anybody, whoever has a token that is in order may use what no token guards.
            return clients.isEmpty ? ProvenRole(holder: holder("", []), rights: .unguarded) : nil
        }
        let has = { (known: ScopeRights) in scopes.contains { $0.utf8.elementsEqual(known.scope.utf8) } }
        let owned = client.scopes.filter(has)
        let rights = owned.reduce(client.rights) { $0.adding($1.more) }
        return ProvenRole(
            holder: holder(client.name, owned), person: holder(client.name, []), rights: rights,
            wider: client.scopes.filter { !has($0) }.map {
                ScopedRights(scope: $0.scope, rights: rights.adding($0.more))
            })
    }

    /// In ASCII without spaces, so that nobody can have a name that is put together like another's.
    private func holder(_ client: String, _ scopes: [ScopeRights]) -> ByteText {
        ByteText(([issuer, subject, client] + scopes.map(\.scope)).map(Self.escape).joined(separator: " "))
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
