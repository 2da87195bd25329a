import MCPGateway

/// Asks connections whether those may go on whom they have let in, after tokens have been taken away.
struct VisitorReview: Sendable {
    let mayStay: @Sendable (Visitor) -> Bool
}

extension Visitor {
    /// What is said to one who may not stay: what would be said if they came now.
    var farewell: Refusal {
        switch shown.principal {
        case nil:
            Refusal(.tokenMissing, "a token is needed now: send the header \"Authorization: Bearer <token>\"")
        case .some(let principal) where principal.isNamed && !shown.isRevoked:
            Refusal(.unknownSession, "who may use this was changed meanwhile; begin again with what is left")
        case .some:
            Refusal(.tokenInvalid, "the token is not valid any more")
        }
    }
}
