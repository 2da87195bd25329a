/// Says how what is withheld can be approved where a server is used.
package enum PinRemedy: Sendable {
    /// At the proxy itself.
    case command
    /// At another proxy with the same directory, since this one has no API.
    case otherProxy
    /// With another file of what was approved, since this one has no API and keeps nothing else.
    case sharedFile
    /// Not at all: nothing is kept, and what is seen first counts.
    case newStart

    /// Says until when something is withheld, in words.
    ///
    /// - Parameters:
    ///   - server: The server's key in the configuration.
    ///   - it: What has to be approved.
    func words(_ server: String, _ it: String) -> String {
        switch self {
        case .command: "the operator approves \(it): mcp-proxy pins diff \(server)"
        case .otherProxy:
            "the operator approves \(it) at a proxy over HTTP with the same --state-dir (mcp-proxy pins diff \(server)), "
                + "which counts once this one is started again"
        case .sharedFile:
            "the operator approves \(it) at a proxy over HTTP, exports that (mcp-proxy pins export) to the file of --pins, "
                + "and this one is started again"
        case .newStart: "all is started again: nothing is kept here, so that what is listed first counts then"
        }
    }
}
