package import MCPUpstream

/// What makes the links to servers: in a run a `LinkMaker`, in tests what has servers in memory.
package protocol ServerLinks: Sendable {
    /// What has to end before the program may.
    var census: LinkCensus { get }

    /// What makes a link to this server each time one is needed.
    func factory(for address: UpstreamAddress, named name: String) -> Upstream.LinkFactory

    /// Ends the connections to what may not be called any longer.
    func endForbiddenConnections() async
}

extension LinkMaker: ServerLinks {}
