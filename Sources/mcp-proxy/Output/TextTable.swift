/// Columns for people.
enum TextTable {
    /// How narrow a column may become where not everything fits.
    private static let narrowest = 12

    /// The lines of a table, with two spaces between columns.
    ///
    /// - Parameter width: How long a line may be; what does not fit is cut in the widest columns. nil for no bound.
    static func lines(_ header: [String], _ rows: [[String]], within width: Int? = nil) -> [String] {
        let all = [header] + rows
        var widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        if let width { fit(&widths, into: width) }
        return all.map { cells in
            var line = ""
            for (cell, width) in zip(cells, widths) {
                let shown = cell.count > width ? "\(cell.prefix(width - 1))…" : cell
                line += shown + String(repeating: " ", count: width - shown.count + 2)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private static func fit(_ widths: inout [Int], into width: Int) {
        var excess = widths.reduce(2 * (widths.count - 1), +) - width
        while excess > 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > narrowest {
            widths[widest] -= 1
            excess -= 1
        }
    }
}
