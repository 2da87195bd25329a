/// Scopes of OAuth.
enum ScopeText {
    /// Whether a text is one scope: visible ASCII without quotation marks and backslashes.
    static func isScope(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
}
