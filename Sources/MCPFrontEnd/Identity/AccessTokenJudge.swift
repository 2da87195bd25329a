package import MCPGateway
package import NIOCore

/// Finds out whom a token stands for that is not known, which may take a while: its issuer has to be asked.
package protocol AccessTokenJudge: Sendable {
    /// - Parameter then: Is told, on any thread and once, where nil is returned.
    func judge(_ token: String, _ then: @escaping @Sendable (TokenVerdict) -> Void) -> TokenVerdict?

    /// Whether it wants to be told with which tokens callers come that are known already.
    var wantsTokens: Bool { get }

    /// Is told with which one a caller has come.
    func note(_ token: String, of caller: Principal, until end: NIODeadline)
}

extension AccessTokenJudge {
    package var wantsTokens: Bool { false }
    package func note(_ token: String, of caller: Principal, until end: NIODeadline) {}
}

/// Says what was found out of a token.
package enum TokenVerdict: Sendable {
    /// It stands for somebody, until then.
    case accepted(ProvenCaller, until: NIODeadline)
    case refused(TokenRefusal)
}

/// Says why a token does not count here.
package enum TokenRefusal: Sendable, Equatable {
    /// It is none that is accepted; in words for whoever showed it.
    case invalid(String)
    /// It is in order, and lacks scopes that every token has to have.
    case scopesMissing
    /// It is in order, and the operator has said nothing of whom it stands for.
    case nobodysRights
    /// Nobody can say for now.
    case undecided

    var refusal: Refusal {
        switch self {
        case .invalid(let words): Refusal(.tokenInvalid, words)
        case .scopesMissing: Refusal(.scopeMissing, "the token lacks a scope that is needed here")
        case .nobodysRights:
            Refusal(
                .forbidden,
                "the token is in order, but nothing here is for whom it stands for; ask whoever runs this proxy "
                    + "(mcpProxy.clients)")
        case .undecided:
            Refusal(
                .issuerAway,
                "the token cannot be checked now, because its issuer does not answer; try again in a moment")
        }
    }
}
