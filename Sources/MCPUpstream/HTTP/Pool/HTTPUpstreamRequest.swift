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
    /// What is shorter stands in many words that have nothing to do with it.
    private static let shortestSecret = 8

    /// What it shows that nobody else is to read, in all the ways in which servers repeat it: who sends it, and what is
    /// configured for the server.
    var secrets: [String] {
        ([authorization?.text].compactMap(\.self) + fields.configured)
            .filter { $0.utf8.count >= Self.shortestSecret }
            .flatMap(BroughtFields.forms)
    }
}
