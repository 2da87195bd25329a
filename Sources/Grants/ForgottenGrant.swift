import Addresses
import Logging
import MCPUpstream

/// What is left of a login that the proxy has forgotten: the authorization server still takes its tokens.
package struct ForgottenGrant: Sendable {
    private let facts: GrantFacts
    private let grant: ServerGrant

    init(facts: GrantFacts, of grant: ServerGrant) {
        (self.facts, self.grant) = (facts, grant)
    }

    /// Gives the tokens back, where the authorization server has a place for that. What comes of it is a line in the log:
    /// here the login is over in any case.
    package func revoke() async {
        // It was read when it was got.
        guard let place = facts.revocationEndpoint, let endpoint = try? HTTPURL(place) else { return }
        let metadata: Logger.Metadata = ["server": "\(grant.settings.server)"]
        do throws(GrantFailure) {
            try await grant.tokens(of: facts.client, at: endpoint).revoke(facts)
            grant.surroundings.logger.info("the tokens of a login were given back", metadata: metadata)
        } catch {
            grant.surroundings.logger.warning(
                "the tokens of a login could not be given back to the authorization server, which takes them until they end",
                metadata: metadata.merging(["error": "\(error.words)"]) { $1 })
        }
    }
}
