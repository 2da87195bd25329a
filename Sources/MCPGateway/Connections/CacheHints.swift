import MCPUpstream
import NIOCore

/// What clients are told about keeping results of a server that itself says nothing of that
/// ([caching, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/caching)).
package struct CacheHints: Sendable {
    /// How long a result may be taken for fresh; zero says that it is stale at once.
    package var timeToLive: Duration = .zero
    /// Whether a result may be kept for others than who asked for it.
    package var isPublic = false

    package init() {}

    /// The members of a result.
    var members: ByteBuffer { Self.members(milliseconds: timeToLive.milliseconds, isPublic: isPublic) }

    static func members(milliseconds: Int64, isPublic: Bool) -> ByteBuffer {
        ByteBuffer(string: #""ttlMs":\#(milliseconds),"cacheScope":"\#(isPublic ? "public" : "private")""#)
    }
}
