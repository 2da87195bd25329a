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

extension HTTPUpstreamRequest {
    /// What is configured and shorter stands in many words that have nothing to do with it.
    static let shortestSecret = 8

    /// What it shows that nobody else is to read, in all the ways in which servers repeat it: who sends it, what is
    /// configured for the server, and what a client has brought for it.
    var secrets: [String] {
        ([authorization?.text].compactMap(\.self) + fields.secrets).flatMap(BroughtFields.forms)
    }
}
