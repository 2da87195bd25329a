/// A place in the configuration text.
package struct SourcePosition: Sendable, Equatable, Hashable {
    /// The line, counted from 1.
    package var line: Int
    /// The column, counted from 1 in Unicode scalars.
    package var column: Int

    /// A place in the text.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The first character.
    package static let start = SourcePosition(line: 1, column: 1)
}

extension SourcePosition: Comparable {
    /// Whether the first place comes before the second.
    package static func < (first: SourcePosition, second: SourcePosition) -> Bool {
        (first.line, first.column) < (second.line, second.column)
    }
}

extension SourcePosition: CustomStringConvertible {
    /// `line:column`.
    package var description: String { "\(line):\(column)" }
}
