/// What somebody might do with a scope that their token has not.
package struct ScopedRights: Sendable, Hashable {
    package let scope: String
    package let rights: Rights

    package init(scope: String, rights: Rights) {
        self.scope = scope
        self.rights = rights
    }
}
