import MCPGateway
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore

extension Offer {
    /// A route to one server in memory.
    static func inMemory(
        _ name: String,
        era: EraChoice = .detected,
        on eventLoops: any EventLoopGroup,
        makeLink: @escaping Upstream.LinkFactory
    ) -> Offer {
        var settings = ServerConnectionSettings(
            name: name,
            displayName: name,
            transport: "in memory",
            isolation: .principal,
            limits: UpstreamLimits(),
            idleTimeout: .seconds(600),
            ownClientInfo: ByteBuffer(string: "{}"),
            toolFilter: nil,
            firstPrincipal: .anonymous
        )
        settings.era = era
        let server = ServerConnections(
            settings, eventLoops: eventLoops, logger: .silent, makeLink: makeLink, statusChanged: { _ in })
        return Offer(name: name, Member(server), logger: .silent)
    }
}
