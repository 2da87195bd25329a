package import AccessTokens

/// How it stands with the grant of one server.
package struct GrantReport: Sendable, Equatable {
    /// That somebody has to log in, and why; nil where nobody has to.
    package struct Need: Sendable, Equatable {
        /// For the operator and for clients.
        package let words: String
        /// Whether nothing can be asked until then; false where only some calls are refused.
        package let isForEverything: Bool
    }

    package let need: Need?
    /// Whether the server is called with a token.
    package let isHeld: Bool
    /// When that ends; nil where it is renewed by itself, or there is none.
    package let end: UnixTime?
    /// Who has logged in, where the authorization server says so.
    package let account: String?
}
