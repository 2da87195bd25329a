/// How any text travels in `Mcp-Name` and `Mcp-Param-*` headers
/// ([value encoding, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#value-encoding)).
package enum HeaderValue {
    private static let prefix = "=?base64?"
    private static let suffix = "?="

    /// The value that carries a text: the text itself where a header can hold it, its Base64 form otherwise.
    package static func encode(_ text: String) -> String {
        guard isSafe(text) else { return "\(prefix)\(Base64.encode(text.utf8))\(suffix)" }
        return text
    }

    /// The text that a received value carries, or nil when the value is not allowed.
    ///
    /// Blanks around the value are not part of it (RFC 9110 §5.5), and not every reader of HTTP has removed them. The
    /// markers count only when both are there, in lower case; otherwise the value is plain. Base64 of a text that could
    /// have been sent plainly is accepted, as the specification's own conformance cases do.
    package static func decode(_ value: String) -> String? {
        let value = trimmed(value)
        guard hasMarkers(value) else { return value.utf8.allSatisfy(isAllowed) ? String(value) : nil }
        let bytes = value.utf8
        // In `=?base64?=` the markers share a character. Readers disagree whether it is plain, and a writer has to
        // encode it; nobody can be misled when it is refused.
        guard bytes.count >= prefix.utf8.count + suffix.utf8.count else { return nil }
        guard let decoded = Base64.decode(bytes.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)) else {
            return nil
        }
        return String(validating: decoded, as: UTF8.self)
    }

    private static func trimmed(_ value: String) -> Substring {
        var rest = value[...].utf8
        while isBlank(rest.first) { rest.removeFirst() }
        while isBlank(rest.last) { rest.removeLast() }
        return Substring(rest)
    }

    /// Whether a text arrives unchanged when it is sent as it is.
    private static func isSafe(_ text: String) -> Bool {
        text.utf8.allSatisfy(isAllowed) && !isBlank(text.utf8.first) && !isBlank(text.utf8.last) && !hasMarkers(text)
    }

    /// Bytes are compared, because Swift compares strings by what they look like.
    private static func hasMarkers(_ text: some StringProtocol) -> Bool {
        text.utf8.starts(with: prefix.utf8) && text.utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }

    /// Visible ASCII, space and tab.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte == 0x09 || (0x20...0x7E).contains(byte)
    }

    private static func isBlank(_ byte: UInt8?) -> Bool {
        byte == 0x09 || byte == 0x20
    }
}
