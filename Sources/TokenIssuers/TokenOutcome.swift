package import AccessTokens

/// What has become of a token.
package enum TokenOutcome: Sendable {
    case verified(VerifiedToken)
    case refused(TokenFault)
    /// Nobody can say for now: its issuer does not answer, or too many wait for it.
    case unavailable
}
