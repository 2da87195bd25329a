import Logging
import Metrics
import NIOHTTP1

/// A request that gets no further, as the log may tell of it. Its path is left out: there may be a token in it.
struct RefusedRequest {
    let status: HTTPResponseStatus
    let kind: RefusalReason
    let reason: String
    /// The IP address that it came from.
    let address: String
    /// The route that it was for, where that is known.
    let server: String?
    /// What its client has shown when the connection was opened.
    let certificate: ClientCertificate?

    /// Returns the facts for the log.
    ///
    /// - Parameter displayName: The server's name, as everybody may see it.
    func facts(server displayName: String?) -> Logger.Metadata {
        var facts: Logger.Metadata = ["status": "\(status.code)", "reason": "\(reason)", "address": "\(address)"]
        if let displayName { facts["server"] = "\(displayName)" }
        // Who is told to show who they are has shown this already.
        if status == .unauthorized, let certificate { facts["certificate"] = "\(certificate.holder)" }
        return facts
    }
}
