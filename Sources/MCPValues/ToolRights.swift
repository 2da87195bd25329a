/// Which tools a client may use of the servers that it may use (`tools` and `readOnly` of a client): the same ones
/// wherever it comes to them.
package struct ToolRights: Sendable, Hashable {
    /// By the name with the server's prefix, and by the one that a group gives in its place.
    package var patterns: NamePatterns
    /// Whether only what says of itself that it changes nothing.
    package var isReadOnly: Bool

    package init(_ patterns: NamePatterns = .all, isReadOnly: Bool = false) {
        self.patterns = patterns
        self.isReadOnly = isReadOnly
    }

    /// Whatever there is.
    package static let all = ToolRights()

    /// Whether every tool may be used.
    package var isAll: Bool { patterns.isAll && !isReadOnly }

    /// Whether a tool may be used.
    ///
    /// - Parameters:
    ///   - whole: Its name with the server's prefix, not cut.
    ///   - given: The name that the operator has given it in a group.
    ///   - saysReadOnly: Whether it says of itself that it changes nothing.
    package func admit(_ whole: String, given: String?, saysReadOnly: Bool) -> Bool {
        if isAll { return true }
        guard saysReadOnly || !isReadOnly else { return false }
        let names = [whole] + (given.map { [$0] } ?? [])
        // A server that drops half of a surrogate pair could take the name for one that is not admitted.
        guard !whole.unicodeScalars.contains("\u{FFFD}"), !names.contains(where: patterns.denies) else { return false }
        return names.contains(where: patterns.admits)
    }
}
