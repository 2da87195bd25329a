/// What a terminal shows at one moment.
package struct ScreenFrame: Equatable, Sendable {
    package let lines: [ScreenLine]
    private let columns: Int
    private let rows: Int

    /// - Parameters:
    ///   - lines: No more than there are rows, and none wider than there are columns.
    ///   - columns: How wide the terminal is.
    ///   - rows: How many lines it has.
    init(_ lines: [ScreenLine], columns: Int, rows: Int) {
        (self.lines, self.columns, self.rows) = (lines, columns, rows)
    }

    /// Returns what draws it, in one piece and without clearing the screen before: nothing flickers.
    package func steps(hasColours: Bool) -> String {
        var steps = ""
        for (row, line) in lines.enumerated() {
            steps += "\u{1B}[\(row + 1);1H" + line.steps(hasColours: hasColours)
            // Behind the last column there is none: what stands there would be cleared.
            if line.width < columns { steps += "\u{1B}[K" }
        }
        return lines.count < rows ? steps + "\u{1B}[\(lines.count + 1);1H\u{1B}[J" : steps
    }

    /// Another screen than the one with what was typed before, without a cursor, and with lines that end where it ends.
    package static let begin = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J"
    /// All as it was.
    package static let end = "\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"
}
