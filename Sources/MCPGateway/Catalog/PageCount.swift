package import MCPCore
import MCPValues

/// Bounds how far a list is followed that a server gives page by page. A hostile one has no last page, and any size of
/// one.
package struct PageCount {
    /// Says what comes after a page.
    package enum Next: Equatable, Sendable {
        case page(cursor: String)
        /// This was the last one.
        case end
        /// More, for which nobody asks: why, in words.
        case tooMuch(String)
    }

    private static let maximumPages = 1_000
    private static let maximumCursorBytes = 8 << 10

    private let maximumBytes: Int
    private var bytes = 0
    private var cursors: Set<ByteText> = []

    /// - Parameter maximumBytes: How many bytes all pages may have together.
    package init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Counts a page, and says what comes after it.
    ///
    /// - Parameters:
    ///   - page: The result that it is.
    ///   - byteCount: How long it was, with all that was sent around it.
    package mutating func next(after page: JSONView, of byteCount: Int) -> Next {
        bytes += byteCount
        guard bytes <= maximumBytes else { return .tooMuch("has more than \(maximumBytes >> 20) MiB") }
        guard let written = page["nextCursor"], !written.isNull else { return .end }
        guard written.range.count <= Self.maximumCursorBytes else {
            return .tooMuch("has a cursor of more than \(Self.maximumCursorBytes >> 10) KiB")
        }
        guard let cursor = written.string else { return .tooMuch("has a cursor that is no string") }
        // Some servers write the last page so, and clients take it for that.
        guard !cursor.isEmpty else { return .end }
        guard cursors.count < Self.maximumPages else {
            return .tooMuch("has more than \(Self.maximumPages) pages")
        }
        guard cursors.insert(ByteText(cursor)).inserted else { return .tooMuch("has the same cursor twice") }
        return .page(cursor: cursor)
    }
}
