import Addresses
import NIOHTTP1

/// The redirects that are followed: those that keep method and body, to another place of the same origin, so that what
/// is sent reaches nobody but the server that was configured.
enum SameOriginRedirect {
    /// How often in a row.
    static let maximumCount = 5

    /// Tells whether redirects with this status keep method and body (RFC 9110, sections 15.4.8 and 15.4.9).
    static func keepsRequest(_ status: Int) -> Bool { status == 307 || status == 308 }

    /// Tells where an answer sends a request on; nil when it does not, or not within the origin.
    static func target(of head: HTTPResponseHead, at url: HTTPURL) -> String? {
        guard keepsRequest(Int(head.status.code)), let location = head.headers.first(name: "Location"),
            // The error says only that the place is not one that we would call.
            let place = try? url.resolving(location), place.origin == url.origin
        else { return nil }
        return place.target
    }
}
