import MCPUpstream
import NIOCore
import Synchronization

/// Makes a server's links. What makes them may change.
final class LinkSource: Sendable {
    /// A function that stands in a generic container is wrapped once more at every look at it, for ever. Inside a value
    /// it is not touched.
    private struct Factory {
        let make: Upstream.LinkFactory
    }

    private let factory: Mutex<Factory>

    init(_ factory: @escaping Upstream.LinkFactory) { self.factory = Mutex(Factory(make: factory)) }

    /// Returns what makes links for a connection, also after a change.
    ///
    /// - Parameters:
    ///   - caller: For whose calls alone they are; nil for everybody's.
    ///   - passing: The header fields of its client.
    func factory(for caller: String?, passing: PassingFields) -> Upstream.LinkFactory {
        { [self] eventLoop in
            let link = make(on: eventLoop)
            if let caller { link.isOnBehalf(of: caller) }
            if let brought = passing.brought { link.pass(brought) }
            return link
        }
    }

    private func make(on eventLoop: any EventLoop) -> any UpstreamLink {
        factory.withLock { $0 }.make(eventLoop)
    }

    /// Puts another factory in the place of the one in use, where there is one.
    ///
    /// - Returns: the one that was in use.
    func swap(for other: Upstream.LinkFactory?) -> Upstream.LinkFactory {
        factory.withLock { factory in
            let before = factory.make
            if let other { factory = Factory(make: other) }
            return before
        }
    }
}
