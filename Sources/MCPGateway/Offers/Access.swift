/// Who may use a member of an offer.
package enum Access: Sendable, Equatable {
    /// Its server asks for no token, or the offer's own tokens decide.
    case everybody
    /// Those whose tokens open it.
    case holders(Set<Principal>)

    /// Whether somebody may use it.
    package func admits(_ principal: Principal) -> Bool {
        switch self {
        case .everybody: true
        case .holders(let principals): principals.contains(principal)
        }
    }
}
