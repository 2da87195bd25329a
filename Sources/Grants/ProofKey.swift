import Crypto
import MCPCore

/// Random texts that nobody can guess, and what is shown of one of them beforehand
/// ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)).
enum ProofKey {
    /// 256 random bits as text.
    static func random() -> String { RandomBytes.text(of: 32) }

    /// The `S256` challenge of a verifier.
    static func challenge(of verifier: String) -> String {
        Base64.encodeURL(Array(SHA256.hash(data: Array(verifier.utf8))))
    }
}
