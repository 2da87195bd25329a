package import MCPCore
import NIOCore

/// What an issuer says of whoever holds a token: the payload of a JWT, or the answer of an introspection endpoint.
package struct TokenClaims: Sendable {
    /// All of it, as it stands.
    package let all: JSONView

    /// Takes an object that the scanner has accepted.
    package init(_ object: JSONText) {
        all = object.root
    }

    /// - Parameter bytes: An object in JSON, whose members differ in their names at every depth.
    init(_ bytes: [UInt8]) throws(TokenFault) {
        guard let text = try? JSONText(scanning: ByteBuffer(bytes: bytes), maximumDepth: Self.maximumDepth),
            text.root.isObject
        else {
            // What is wrong with it helps nobody but who made it, and they are not who reads this.
            throw .malformed
        }
        self.init(text)
    }

    static let maximumDepth = 32

    /// The text of a claim; nil where there is none.
    ///
    /// - Throws: `claims` where something else stands there, or nothing in it.
    package func text(_ name: String) throws(TokenFault) -> String? {
        guard let claim = all[name] else { return nil }
        guard let text = claim.exactText, !text.isEmpty else { throw .claims }
        return text
    }

    /// The time of a claim; nil where there is none.
    package func time(_ name: String) throws(TokenFault) -> UnixTime? {
        guard let claim = all[name] else { return nil }
        guard let time = claim.time else { throw .claims }
        return time
    }

    /// For whom it is meant; none where it does not say.
    package func audiences() throws(TokenFault) -> [String] {
        guard let claim = all["aud"] else { return [] }
        guard let names = claim.oneOrMoreTexts else { throw .claims }
        return names
    }

    /// What may be done with it: words of `scope` (RFC 9068), and of `scp`, which some issuers write in its place. Either may
    /// be one text with spaces, or a list.
    package func scopes() throws(TokenFault) -> [String] {
        var words: [String] = []
        for name in ["scope", "scp"] {
            guard let claim = all[name], !claim.isNull else { continue }
            guard let texts = claim.oneOrMoreTexts else { throw .claims }
            for text in texts { words += text.split(separator: " ").map(String.init) }
        }
        return words
    }
}
