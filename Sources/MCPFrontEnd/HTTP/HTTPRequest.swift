import NIOCore
import NIOHTTP1

/// One HTTP request with its whole body, within the limits.
struct HTTPRequest: Sendable {
    let head: HTTPRequestHead
    let body: ByteBuffer

    var method: HTTPMethod { head.method }

    /// The value of a header that may come once.
    func header(_ name: String) -> String? {
        head.headers[name].first
    }
}
