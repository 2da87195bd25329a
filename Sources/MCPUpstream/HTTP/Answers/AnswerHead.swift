import Addresses
import NIOHTTP1

/// Holds what matters of an answer's status line and header fields, gathered in one walk over them.
struct AnswerHead {
    enum Content: Equatable {
        case none
        case json
        case eventStream
        case other(String)
    }

    let status: Int
    private(set) var content = Content.none
    private(set) var contentLength: Int?
    /// Whether the body is compressed, which we have asked servers not to do.
    private(set) var isEncoded = false
    private(set) var sessionID: String?
    private(set) var location: String?
    /// For how many seconds the server wants to be left alone; nil where it says nothing, or a time of day.
    private(set) var retryAfter: Int?

    init(_ head: HTTPResponseHead) {
        status = Int(head.status.code)
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 8 where ASCII.equal(name, "location"): location = value
            case 11 where ASCII.equal(name, "retry-after"): retryAfter = Int(value)
            case 12 where ASCII.equal(name, "content-type"): content = Self.content(value)
            case 14 where ASCII.equal(name, "mcp-session-id"): sessionID = value
            case 14 where ASCII.equal(name, "content-length"): contentLength = Int(value)
            case 16 where ASCII.equal(name, "content-encoding"): isEncoded = !ASCII.equal(value, "identity")
            default: continue
            }
        }
    }

    var isSuccess: Bool { (200..<300).contains(status) }
    var isRedirect: Bool { (300..<400).contains(status) }

    /// The status with its usual words, such as `404 Not Found`.
    var statusText: String {
        let words = HTTPResponseStatus(statusCode: status).reasonPhrase
        return words.isEmpty || words == "Unknown" ? String(status) : "\(status) \(words)"
    }

    /// Returns the kind of body that a Content-Type names; parameters do not matter.
    private static func content(_ value: String) -> Content {
        if value == "application/json" { return .json }
        if value == "text/event-stream" { return .eventStream }
        let type = value.utf8.prefix { $0 != UInt8(ascii: ";") }
        let first = type.drop { $0 == 0x20 || $0 == 0x09 }
        let blanks = first.reversed().prefix { $0 == 0x20 || $0 == 0x09 }.count
        guard let name = String(first.dropLast(blanks)), !name.isEmpty else { return .none }
        if ASCII.equal(name, "application/json") { return .json }
        if ASCII.equal(name, "text/event-stream") { return .eventStream }
        return .other(PlainText.excerpt(of: name, limit: 80))
    }
}
