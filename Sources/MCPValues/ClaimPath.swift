/// Where a claim stands: its name as it is, or, with a slash in front, the names on the way to it
/// ([JSON Pointer](https://www.rfc-editor.org/rfc/rfc6901)): `/realm_access/roles`.
///
/// Points do not lead into a claim: names of claims have them (`https://example.com/roles`), and one that can be read in two
/// ways is one that somebody can arrange.
package struct ClaimPath: Sendable, Hashable {
    /// Never empty. In UTF-8.
    package let names: [[UInt8]]

    /// - Returns: nil for an empty text, and for a `~` that is neither `~0` nor `~1`.
    package init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        guard text.utf8.first == UInt8(ascii: "/") else {
            names = [Array(text.utf8)]
            return
        }
        var names: [[UInt8]] = []
        for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let name = Self.unescape(part) else { return nil }
            names.append(name)
        }
        self.names = names
    }

    private static func unescape(_ part: Substring.UTF8View) -> [UInt8]? {
        var name: [UInt8] = []
        var rest = part.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "~") else {
                name.append(byte)
                continue
            }
            switch rest.next() {
            case UInt8(ascii: "0"): name.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): name.append(UInt8(ascii: "/"))
            default: return nil
            }
        }
        return name
    }
}
