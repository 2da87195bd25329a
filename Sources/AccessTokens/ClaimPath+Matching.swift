package import MCPCore
package import MCPValues

extension ClaimPath {
    /// What stands there. Lists are not walked into.
    package func value(in claims: JSONView) -> JSONView? {
        var value = claims
        for name in names {
            var found: JSONView?
            value.forEachMember { member, inner in if member.utf8.elementsEqual(name) { found = inner } }
            guard let found else { return nil }
            value = found
        }
        return value
    }

    /// Whether the claim is this text, or a list in which it stands.
    package func matches(_ text: String, in claims: TokenClaims) -> Bool {
        guard let value = value(in: claims.all) else { return false }
        if value.isArray {
            return value.elements.contains { $0.exactText.map { $0.utf8.elementsEqual(text.utf8) } ?? false }
        }
        return value.exactText.map { $0.utf8.elementsEqual(text.utf8) } ?? false
    }
}
