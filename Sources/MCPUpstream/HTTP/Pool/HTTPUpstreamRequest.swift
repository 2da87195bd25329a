import NIOCore
import NIOHTTP1

/// One HTTP request to an origin. Its header fields have been checked by `RequestFields`.
struct HTTPUpstreamRequest {
    var method: HTTPMethod
    var target: String
    var fields: RequestFields
    /// What it shows of who sends it, where its fields do not say so: beside them, which many requests share.
    var authorization: FieldValue?
    var body: ByteBuffer?
    /// Whether it is sent on within its origin where the server says so; see `SameOriginRedirect`.
    var followsRedirects = false
}
