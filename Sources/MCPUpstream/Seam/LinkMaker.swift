package import Addresses
package import Logging
import MCPCore
package import NIOCore

/// Says how a server is reached.
package enum UpstreamAddress: Sendable {
    /// Says which of the two HTTP transports a URL speaks.
    package enum HTTPTransport: Sendable {
        case detect
        case sse
        case streamableHTTP
    }

    case stdio(StdioSettings)
    case http(
        HTTPURL, headers: [(name: String, value: String)], HTTPTransport, within: Reach, by: HTTPEgress = HTTPEgress(),
        showing: (any RequestAuthority)? = nil)
    /// A server that cannot be started as it is configured.
    case unusable(UpstreamFailure)
}

/// Makes links to servers, on whichever event loop they are to live.
///
/// HTTP connections are pooled for each event loop and shared by all servers of one origin and reach that are reached in
/// one way.
package final class LinkMaker: Sendable {
    private let loops: [LoopPools]
    /// What has to end before the program may.
    package let census = LinkCensus()
    private let descriptors: DescriptorAccount?
    private let logger: Logger

    package init(eventLoops: any EventLoopGroup, settings: HTTPLinkSettings, logger: Logger) {
        self.logger = logger
        self.descriptors = settings.descriptors
        var linkSettings = settings
        linkSettings.census = census
        self.loops = eventLoops.makeIterator().map { [linkSettings] in
            LoopPools(eventLoop: $0, settings: linkSettings)
        }
    }

    /// Returns what makes a link to this server each time one is needed.
    ///
    /// - Parameter name: What the log calls it.
    package func factory(for address: UpstreamAddress, named name: String) -> Upstream.LinkFactory {
        var logger = logger
        logger[metadataKey: "server"] = "\(PrintableText.make(name, maximumBytes: 256))"
        switch address {
        case .stdio(var settings):
            if settings.census == nil { settings.census = census }
            settings.descriptors = descriptors
            return { [settings] in StdioLink(settings, on: $0) }
        case .unusable(let failure):
            return { UnusableLink(failure, on: $0) }
        case .http(let url, let headers, let transport, let reach, let egress, let authority):
            let memory = TransportMemory()
            return { [self, logger] eventLoop in
                let pools = pools(on: eventLoop, by: egress)
                switch transport {
                case .sse:
                    let link = SSELink(
                        url: url, headers: headers, within: reach, by: authority, pools: pools, logger: logger)
                    link.isDeclared = true
                    return link
                case .streamableHTTP:
                    let link = StreamableHTTPLink(
                        url: url, headers: headers, within: reach, by: authority, pools: pools, logger: logger)
                    link.isDeclared = true
                    return link
                case .detect:
                    return DetectingHTTPLink(
                        url: url, headers: headers, within: reach, by: authority, memory: memory, pools: pools,
                        logger: logger)
                }
            }
        }
    }

    private func pools(on eventLoop: any EventLoop, by egress: HTTPEgress) -> HTTPConnectionPools {
        eventLoop.preconditionInEventLoop()
        guard let found = loops.first(where: { $0.eventLoop === eventLoop }) else {
            preconditionFailure("a link must live on one of the proxy's event loops")
        }
        return found.pools(by: egress)
    }

    /// Ends the connections to what the guard in force no longer allows, whatever is under way on them. Returns when that
    /// is done.
    package func endForbiddenConnections() async {
        await withTaskGroup(of: Void.self) { group in
            for loop in loops {
                group.addTask {
                    // An event loop that has ended has no connections any more.
                    try? await loop.eventLoop.submit { loop.endForbiddenConnections() }.get()
                }
            }
        }
    }

    /// Closes the pooled connections.
    package func close() {
        for loop in loops { loop.eventLoop.execute { loop.shutDown() } }
    }
}
