/// Which names get a prefix where several servers are offered together (`names` of a group).
package enum NameStyle: String, Sendable, Equatable, CaseIterable {
    /// All of them; the default.
    case always
    /// Only what two members offer under one name.
    case auto
    /// None: a name that two members offer belongs to the first.
    case never
}
