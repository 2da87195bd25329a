import MCPValues

/// Which callers with an access token are taken by clients that come earlier in the file: the first one that matches counts.
struct TakenMatches {
    /// A client takes callers of this issuer by this claim.
    private struct Key: Hashable {
        let issuer: ByteText
        let path: ClaimPath
        let value: ByteText
    }

    private struct Taker {
        let name: String
        let claims: [ClientMatch.Claim]

        /// Whether whoever has all of these claims has all of the taker's.
        func takes(_ claims: [ClientMatch.Claim]) -> Bool {
            self.claims.allSatisfy { own in
                let values = Set(own.values.map(ByteText.init))
                return claims.contains { $0.path == own.path && values.isSuperset(of: $0.values.map(ByteText.init)) }
            }
        }
    }

    /// Those that take everybody of an issuer.
    private var ofAll: [ByteText: String] = [:]
    /// The others, by each value of their first claim: there may be thousands.
    private var ofSome: [Key: [Taker]] = [:]

    /// The client that takes all of these callers before; nil where it is not certain that there is one.
    func taker(of match: ClientMatch) -> String? {
        let issuer = ByteText(match.issuer)
        if let name = ofAll[issuer] { return name }
        for claim in match.claims {
            guard let value = claim.values.first else { continue }
            let takers = ofSome[Key(issuer: issuer, path: claim.path, value: ByteText(value))] ?? []
            if let taker = takers.first(where: { $0.takes(match.claims) }) { return taker.name }
        }
        return nil
    }

    /// Notes whom a client takes.
    mutating func note(_ match: ClientMatch, of name: String) {
        let issuer = ByteText(match.issuer)
        guard let first = match.claims.first else {
            if ofAll[issuer] == nil { ofAll[issuer] = name }
            return
        }
        for value in Set(first.values.map(ByteText.init)) {
            ofSome[Key(issuer: issuer, path: first.path, value: value), default: []].append(
                Taker(name: name, claims: match.claims))
        }
    }
}
