/// Says how it stands with the login of a server that is called on somebody's behalf.
package struct ServerLogin: Sendable, Equatable {
    /// What somebody has to do; nil where nobody has to.
    package let need: String?
    /// Whether nothing can be asked until then; false where only some calls are refused.
    package let isForEverything: Bool
    /// Who has logged in, where that is known.
    package let account: String?
    /// When the login ends, in seconds since 1970; nil where that is renewed by itself.
    package let end: Int?
    /// Whether nobody logs in: the proxy gets the token by itself.
    package var isByItself = false

    package init(need: String?, isForEverything: Bool, account: String?, end: Int?) {
        self.need = need
        self.isForEverything = isForEverything
        self.account = account
        self.end = end
    }
}
