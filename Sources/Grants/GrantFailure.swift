/// Why a grant could not be had, in words for the operator and for who was to log in. They hold no secret.
package struct GrantFailure: Error, Sendable, Equatable {
    /// What is known of the reason, beside the words.
    package enum Kind: Sendable, Equatable {
        /// Somebody could not be asked for now.
        case unreachable
        /// The authorization server has said no, by an error of
        /// [RFC 6749, 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2) or one like it.
        case refused(String)
        /// What somebody says cannot be used.
        case unusable
        /// What stands at a place is no JSON.
        case noDocument
        /// The server says nothing of an authorization server.
        case unprotected
    }

    package let kind: Kind
    /// What happened, and what to do.
    package let words: String

    /// A file cannot be used.
    package static func file(_ words: String) -> GrantFailure { GrantFailure(.unusable, words) }

    init(_ kind: Kind, _ words: String) {
        self.kind = kind
        self.words = words
    }
}

extension GrantFailure: CustomStringConvertible {
    package var description: String { words }
}
