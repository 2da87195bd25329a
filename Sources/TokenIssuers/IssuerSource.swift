import AccessTokens

/// How an issuer is asked. Each answer comes once, on any thread, and within a bounded time.
protocol IssuerSource: Sendable {
    /// Fetches the keys that it signs with.
    func fetchKeys(_ whenDone: @escaping @Sendable (Result<KeySet, IssuerFailure>) -> Void)

    /// Asks it what a token stands for.
    func introspect(
        _ token: [UInt8], _ whenDone: @escaping @Sendable (Result<TokenClaims, IssuerFailure>) -> Void)
}
