package import MCPUpstream

/// Makes links to servers that are there only in a recording, in the place of those that settings name.
package final class RecordedLinks: ServerLinks {
    package let census = LinkCensus()
    private let servers: [RecordedServer]

    package init(_ servers: [RecordedServer]) {
        self.servers = servers
    }

    package func factory(for address: UpstreamAddress, named name: String) -> Upstream.LinkFactory {
        let server = servers.first { $0.name.utf8.elementsEqual(name.utf8) }
        return { [servers] in RecordedLink(server ?? servers[0], on: $0) }
    }

    package func endForbiddenConnections() async {}
}
