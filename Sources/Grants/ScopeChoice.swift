/// Which scopes a token is asked for
/// ([Scope Selection Strategy, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#scope-selection-strategy)):
/// those that the server has asked for, else those that are configured, else all that it says there are.
struct ScopeChoice {
    private static let offline = "offline_access"

    private let configured: [String]
    private let wanted: [String]
    private let protection: Protection

    /// - Parameter wanted: What the server has asked for, with what was given before.
    init(_ configured: [String], wanted: [String], _ protection: Protection) {
        self.configured = configured
        self.wanted = wanted
        self.protection = protection
    }

    /// - Parameter forPerson: Whether somebody logs in, so that the token is to be renewed without him: the scope for that
    ///   is added where the authorization server lists it
    ///   ([Refresh Tokens, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#refresh-tokens)).
    func scopes(forPerson: Bool) -> [String] {
        var scopes = configured
        for scope in wanted where !scopes.contains(scope) { scopes.append(scope) }
        if scopes.isEmpty { scopes = protection.scopesSupported ?? [] }
        if forPerson, protection.server.scopesSupported.contains(Self.offline), !scopes.contains(Self.offline) {
            scopes.append(Self.offline)
        }
        return scopes
    }
}
