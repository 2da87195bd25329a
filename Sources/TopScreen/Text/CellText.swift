import MCPCore

/// Text of others on a terminal, by the room that it takes there.
package enum CellText {
    /// How much of a text is looked at: more fits on no line.
    static let maximumBytes = 1_024

    /// Returns the text on one line, without what could steer the terminal or be unseen.
    package static func safe(_ text: String) -> String {
        PrintableText.make(text.replacing("\t", with: " "), maximumBytes: maximumBytes)
    }

    /// Returns how many columns a text takes.
    package static func width(_ text: String) -> Int {
        if isPlain(text) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + CharacterWidth.of($1) }
    }

    /// Returns the text in exactly so many columns: cut with an ellipsis, or filled with spaces.
    ///
    /// - Parameter isRight: Whether it stands at the right.
    package static func fit(_ text: String, _ columns: Int, isRight: Bool = false) -> String {
        let cut = cut(text, columns)
        let space = String(repeating: " ", count: max(0, columns - width(cut)))
        return isRight ? space + cut : cut + space
    }

    /// Returns as much of the text as fits.
    package static func cut(_ text: String, _ columns: Int) -> String {
        guard width(text) > columns else { return text }
        guard columns > 0 else { return "" }
        var (result, taken) = (String.UnicodeScalarView(), 0)
        for scalar in text.unicodeScalars {
            taken += CharacterWidth.of(scalar)
            guard taken < columns else { break }
            result.append(scalar)
        }
        return String(result) + "…"
    }

    /// Whether everybody agrees how much room it takes.
    static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x7F } }
}
