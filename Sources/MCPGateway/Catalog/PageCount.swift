package import MCPCore
import MCPValues

/// How far a list is followed that a server gives page by page. A hostile one has no last page, and any size of one.
package struct PageCount {
    private static let maximumPages = 1_000
    private static let maximumCursorBytes = 8 << 10

    private let maximumBytes: Int
    private var bytes = 0
    private var cursors: Set<ByteText> = []

    /// - Parameter maximumBytes: How many bytes all pages may have together.
    package init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Counts a page.
    ///
    /// - Returns: Whether the pages so far are within the bounds.
    package mutating func take(_ byteCount: Int) -> Bool {
        bytes += byteCount
        return bytes <= maximumBytes
    }

    /// The cursor of the page after this one; nil when this was the last one, or no other is asked for.
    package mutating func next(after page: JSONView) -> String? {
        guard let written = page["nextCursor"], written.range.count <= Self.maximumCursorBytes,
            let cursor = written.string, cursors.count < Self.maximumPages, cursors.insert(ByteText(cursor)).inserted
        else { return nil }
        return cursor
    }
}
