import MCPGateway
import MCPValues
import ProxyConfiguration

/// What a caller shows and has been checked, such as an access token: it says which client of the configuration they are.
protocol ProofOfRole: Sendable {
    /// Who somebody is and what they may do; nil for somebody whom none of the clients is.
    func role(among clients: [ClientSettings]) -> ProvenRole?
}

/// Who a caller is, and what they may do.
struct ProvenRole {
    /// The same for the same caller in the same role, and for nobody else.
    let holder: ByteText
    /// The same for the same caller as the same client, whatever scopes they have; nil where scopes make no difference.
    var person: ByteText?
    let rights: Rights
    /// What they might do with one scope more.
    var wider: [ScopedRights] = []
}
