import Addresses
import MCPCore
import NIOCore

/// The header fields of a request, each checked when it is added: the only way to the wire, so that nothing can
/// break out of its line.
///
/// Made once per link and copied per request; what is the same for all of them is written out only once.
package struct RequestFields: Sendable {
    private var fields: [(name: String, value: String)] = []
    /// The same fields as they go to the wire, each with the end of its line.
    private(set) var lines = ByteBuffer()
    private var haveAuthorization = false
    /// The values that nobody else is to read: of those that are configured, and that a client has brought.
    private(set) var secrets: [String] = []

    /// Begins with the fields that every request to an origin has.
    init(origin: HTTPOrigin) {
        append("Host", origin.authority)
    }

    /// Replaces a field by one of ours.
    mutating func set(_ name: StaticString, _ value: FieldValue) {
        replace(String(describing: name), value.text)
    }

    private mutating func replace(_ name: String, _ value: String) {
        remove(name)
        append(name, value)
    }

    /// Removes what they say of who sends the request. Asked of every request that shows a token of its own.
    mutating func removeAuthorization() {
        if haveAuthorization { remove(Self.authorization) }
        haveAuthorization = false
    }

    private static let authorization = "Authorization"

    mutating func remove(_ name: String) {
        guard fields.contains(where: { ASCII.equal($0.name, name) }) else { return }
        let kept = fields.filter { !ASCII.equal($0.name, name) }
        fields = []
        lines.clear()
        for field in kept { append(field.name, field.value) }
    }

    private mutating func append(_ name: String, _ value: String) {
        fields.append((name, value))
        haveAuthorization = haveAuthorization || ASCII.equal(name, Self.authorization)
        lines.writeString(name)
        lines.writeStaticString(": ")
        lines.writeString(value)
        lines.writeStaticString("\r\n")
    }

    /// Adds the fields that are configured for a server, after ours, replacing what they may replace.
    ///
    /// A field that frames the message, or that cannot stand in a header, is left out: configuration was checked
    /// before it came here.
    mutating func add(configured fields: [(name: String, value: String)]) {
        secrets += add(fields).filter { $0.utf8.count >= HTTPUpstreamRequest.shortestSecret }
    }

    /// Adds the fields that a client has brought for a server, like those that are configured for it.
    mutating func add(brought fields: [(name: String, value: String)]) {
        secrets += add(fields)
    }

    /// - Returns: The values of those that are not left out.
    private mutating func add(_ fields: [(name: String, value: String)]) -> [String] {
        let accepted = fields.filter { Self.isAccepted(name: $0.name, value: $0.value) }
        for field in accepted { remove(field.name) }
        for field in accepted { append(field.name, field.value) }
        return accepted.map(\.value)
    }

    /// Adds an `Mcp-Param-*` field, unless it cannot stand in a header.
    mutating func add(parameter name: String, _ value: String) {
        guard Self.isValidName(name), Self.isValidValue(value) else { return }
        replace(name, value)
    }

    /// Tells whether a field may be configured: a token, a printable value, and none of those that frame the message.
    package static func isAccepted(name: String, value: String) -> Bool {
        isValidName(name) && isValidValue(value) && !reserved.contains { ASCII.equal($0, name) }
    }

    private static let reserved = [
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "TE", "Trailer", "Keep-Alive",
        "Content-Type", "Accept", "Accept-Encoding", "Mcp-Session-Id", "MCP-Protocol-Version", "Last-Event-ID",
        "Mcp-Method", "Mcp-Name",
    ]

    static func isValidName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(isNameCharacter)
    }

    /// Tells whether a byte may stand in a token
    /// ([RFC 9110, 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2)).
    static func isNameCharacter(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    /// Tells whether a value is printable ASCII, with blanks inside at most.
    static func isValidValue(_ value: String) -> Bool {
        let bytes = value.utf8
        guard let first = bytes.first, let last = bytes.last else { return true }
        return first != 0x20 && first != 0x09 && last != 0x20 && last != 0x09
            && bytes.allSatisfy { ASCII.isVisible($0) || $0 == 0x20 || $0 == 0x09 }
    }
}
