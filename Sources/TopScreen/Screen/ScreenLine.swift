/// One line of a screen: texts, and where each begins.
package struct ScreenLine: Equatable, Sendable {
    /// Says how something looks. What it means stands there in words as well.
    package enum Style: String, Sendable {
        case plain = ""
        case strong = "1"
        case faint = "2"
        case header = "7"
        case good = "32"
        case waiting = "33"
        case bad = "31"
    }

    struct Part: Equatable, Sendable {
        /// Counted from 0.
        let column: Int
        let text: String
        let style: Style
    }

    private(set) var parts: [Part] = []
    /// Up to where there is something.
    private(set) var width = 0

    package init() {}

    init(_ text: String, _ style: Style = .plain, within columns: Int? = nil) {
        add(text, style, at: 0, within: columns)
    }

    /// Adds a text, cut where the line ends.
    mutating func add(_ text: String, _ style: Style = .plain, at column: Int, within columns: Int? = nil) {
        let cut = columns.map { CellText.cut(text, $0 - column) } ?? text
        guard !cut.isEmpty else { return }
        parts.append(Part(column: column, text: cut, style: style))
        width = column + CellText.width(cut)
    }

    /// The line without colours, as a file may have it.
    package var text: String {
        var line = ""
        var width = 0
        for part in parts {
            line += String(repeating: " ", count: max(0, part.column - width)) + part.text
            width = max(part.column, width) + CellText.width(part.text)
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    /// What draws it from the first column on, over whatever stands there.
    ///
    /// Behind a text of which terminals may disagree how wide it is, the next one is put where it belongs.
    func steps(hasColours: Bool) -> String {
        var (steps, width, isCertain) = ("", 0, true)
        if !parts.allSatisfy({ CellText.isPlain($0.text) }) { steps += "\u{1B}[2K" }
        for part in parts {
            if isCertain {
                steps += String(repeating: " ", count: max(0, part.column - width))
            } else {
                steps += "\u{1B}[\(part.column + 1)G"
            }
            let isStyled = hasColours && part.style != .plain
            steps += isStyled ? "\u{1B}[\(part.style.rawValue)m\(part.text)\u{1B}[0m" : part.text
            width = part.column + CellText.width(part.text)
            isCertain = isCertain && CellText.isPlain(part.text)
        }
        return steps
    }
}
