import NIOHTTP1

/// The header fields of a request, each checked when it is added: the only way to the wire, so that nothing can
/// break out of its line.
///
/// Made once per link and copied per request.
package struct RequestFields: Sendable {
    private(set) var headers: HTTPHeaders

    /// Begins with the fields that every request to an origin has.
    init(origin: HTTPOrigin, capacity: Int = 12) {
        var headers = HTTPHeaders()
        headers.reserveCapacity(capacity)
        headers.add(name: "Host", value: origin.authority)
        self.headers = headers
    }

    /// Replaces a field by one of ours.
    mutating func set(_ name: StaticString, _ value: String) {
        let name = String(describing: name)
        precondition(Self.isValidValue(value))
        headers.replaceOrAdd(name: name, value: value)
    }

    /// Adds the fields that are configured for a server, after ours, replacing what they may replace.
    ///
    /// A field that frames the message, or that cannot stand in a header, is left out: configuration was checked
    /// before it came here.
    mutating func add(configured fields: [(name: String, value: String)]) {
        for field in fields where Self.isAccepted(name: field.name, value: field.value) {
            headers.remove(name: field.name)
        }
        for field in fields where Self.isAccepted(name: field.name, value: field.value) {
            headers.add(name: field.name, value: field.value)
        }
    }

    /// Adds an `Mcp-Param-*` field, unless it cannot stand in a header.
    mutating func add(parameter name: String, _ value: String) {
        guard Self.isValidName(name), Self.isValidValue(value) else { return }
        headers.replaceOrAdd(name: name, value: value)
    }

    mutating func setContentLength(_ length: Int) {
        headers.add(name: "Content-Length", value: String(length))
    }

    /// Whether a field may be configured: a token, a printable value, and none of those that frame the message.
    package static func isAccepted(name: String, value: String) -> Bool {
        isValidName(name) && isValidValue(value) && !reserved.contains { ASCII.equal($0, name) }
    }

    private static let reserved = [
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "TE", "Trailer", "Keep-Alive",
        "Content-Type", "Accept", "Accept-Encoding", "Mcp-Session-Id", "MCP-Protocol-Version", "Last-Event-ID",
        "Mcp-Method", "Mcp-Name",
    ]

    static func isValidName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy {
                ASCII.isLetter($0) || ASCII.isDigit($0) || "!#$%&'*+-.^_`|~".utf8.contains($0)
            }
    }

    /// Whether a value is printable ASCII, with blanks inside at most.
    static func isValidValue(_ value: String) -> Bool {
        let bytes = value.utf8
        guard let first = bytes.first, let last = bytes.last else { return true }
        return first != 0x20 && first != 0x09 && last != 0x20 && last != 0x09
            && bytes.allSatisfy { ASCII.isVisible($0) || $0 == 0x20 || $0 == 0x09 }
    }
}
