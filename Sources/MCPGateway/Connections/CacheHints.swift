import MCPUpstream
import NIOCore

/// Holds what clients are told about keeping results of a server that itself says nothing of that
/// ([caching, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/caching)).
package struct CacheHints: Sendable {
    /// How long a result may be taken for fresh; zero says that it is stale at once.
    package var timeToLive: Duration = .zero
    /// Whether a result may be kept for others than who asked for it.
    package var isPublic = false

    package init() {}

    /// Returns the members of a result.
    ///
    /// - Parameter isShared: Whether everybody who asks gets the same. Who had to show who they are may see what others do
    ///   not, and what stands between them and the proxy cannot tell them apart.
    func members(isShared: Bool) -> ByteBuffer {
        let scope = isShared && isPublic ? "public" : "private"
        return ByteBuffer(string: #""ttlMs":\#(timeToLive.milliseconds),"cacheScope":"\#(scope)""#)
    }
}
