import Logging
import MCPGateway
import Metrics
import NIOHTTP1

/// A request that gets no further, as the log may tell of it. Its path is left out: there may be a token in it.
struct RefusedRequest {
    let status: HTTPResponseStatus
    let kind: RefusalReason
    let reason: String
    /// Which request it is, and where it comes from.
    let origin: RequestOrigin
    /// The route that it was for, where that is known.
    let server: String?
    /// Who has sent it, where that is known.
    let principal: Principal?
    /// What its client has shown when the connection was opened.
    let certificate: ClientCertificate?

    /// Returns the facts for the log.
    ///
    /// - Parameter offer: That of the server, or of several, that it was for; nil where that is not known.
    func facts(at offer: Offer?) -> Logger.Metadata {
        facts(server: offer?.member?.server.displayName, at: offer?.member == nil ? offer?.label : nil)
    }

    /// - Parameters:
    ///   - displayName: The server's name, as everybody may see it.
    ///   - place: What several servers are offered as where it was for that.
    func facts(server displayName: String?, at place: String? = nil) -> Logger.Metadata {
        var facts = origin.facts
        facts["status"] = "\(status.code)"
        facts["reason"] = "\(reason)"
        facts["address"] = "\(origin.address)"
        if let displayName { facts["server"] = "\(displayName)" }
        if let place { facts["at"] = "\(place)" }
        if let principal, principal.isNamed { facts["by"] = "\(principal.name)" }
        // Who is told to show who they are has shown this already.
        if status == .unauthorized, let certificate { facts["certificate"] = "\(certificate.holder)" }
        return facts
    }
}
