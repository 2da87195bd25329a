import FuzzSupport
import MCPCore
import MCPValues
import NIOCore

@testable import AccessTokens

@main enum TokensFuzzer {
    static func main() {
        runFuzzer(fuzzTokens)
    }
}

private let rules = IssuerRules(
    issuer: "https://login.example.com", audiences: ["https://mcp.example.com"],
    algorithms: SignatureAlgorithm.allCases)

/// Takes the input for a token, for a set of keys and for claims. A token and keys may stand in one input, with a line
/// break between them: then the token is checked with these keys.
private func fuzzTokens(_ input: [UInt8]) {
    let parts = input.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
    let keys = try? KeySet(ByteBuffer(bytes: parts.last ?? []))
    if let keys { precondition(keys.count <= KeySet.maximumKeys) }
    let now = UnixTime(milliseconds: 1_800_000_000_000)
    if let token = try? SignedToken(Array(parts[0])), let keys,
        let verified = try? token.verify(by: rules, keys, now: now)
    {
        precondition(verified.expiry > now, "what has ended is not accepted")
        precondition(verified.issuer.utf8.elementsEqual(rules.issuer.utf8))
    }
    if let text = try? JSONText(scanning: ByteBuffer(bytes: input)), text.root.isObject {
        let claims = TokenClaims(text)
        if let verified = try? rules.check(claims, now: now) {
            precondition(verified.expiry > now && !verified.subject.isEmpty)
        }
        for member in text.root.members { _ = ClaimPath(member.name)?.matches("a", in: claims) }
    }
    if let bytes = Base64.decodeURL(input) {
        precondition(bytes.count == input.count * 3 / 4, "no digit is left out")
    }
}
