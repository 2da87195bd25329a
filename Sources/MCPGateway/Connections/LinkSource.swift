import MCPUpstream
import NIOCore
import Synchronization

/// What makes a server's links, which may change.
final class LinkSource: Sendable {
    private let factory: Mutex<Upstream.LinkFactory>

    init(_ factory: @escaping Upstream.LinkFactory) { self.factory = Mutex(factory) }

    func make(on eventLoop: any EventLoop) -> any UpstreamLink {
        let factory = factory.withLock { $0 }
        return factory(eventLoop)
    }

    /// Puts another factory in the place of the one in use, where there is one.
    ///
    /// - Returns: the one that was in use.
    func exchange(for other: Upstream.LinkFactory?) -> Upstream.LinkFactory {
        factory.withLock { factory in
            defer { factory = other ?? factory }
            return factory
        }
    }
}
