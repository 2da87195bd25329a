import MCPCore

/// Two values that are not the same, cut around what differs.
struct DifferingTexts {
    /// How much of a value is shown.
    static let maximumShown = 160
    /// How much is shown on either side of what differs.
    private static let context = 20

    private let old: [Unicode.Scalar]
    private let new: [Unicode.Scalar]

    init(_ old: String, _ new: String) {
        self.old = Array(old.unicodeScalars)
        self.new = Array(new.unicodeScalars)
    }

    /// `"…the old words…" → "…the new words…"`.
    var shown: String {
        let (first, end) = CommonEnds.find(old, new, ==)
        let (left, right) = (part(of: old, first, end), part(of: new, first, end))
        return "\(left) → \(right)" + codes(old[first..<old.count - end], new[first..<new.count - end])
    }

    private func part(of text: [Unicode.Scalar], _ first: Int, _ end: Int) -> String {
        let start = first - Self.context > 1 ? first - Self.context : 0
        let wanted = end - Self.context > 1 ? text.count - end + Self.context : text.count
        let stop = min(wanted, start + Self.maximumShown)
        var shown = String(String.UnicodeScalarView(text[start..<stop]))
        let quote = text.first == "\"" ? "\"" : ""
        if start > 0 { shown = quote + "…" + shown }
        if stop < text.count { shown += "…" + quote }
        // Each character is written with at most ten.
        return PrintableText.make(shown, maximumBytes: Self.maximumShown * 12)
    }

    /// The codes of a few characters that differ where they need not look different: letters of other scripts, accents.
    private func codes(_ old: ArraySlice<Unicode.Scalar>, _ new: ArraySlice<Unicode.Scalar>) -> String {
        guard max(old.count, new.count) <= 4, (old + new).contains(where: { !$0.isASCII }) else { return "" }
        func codes(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
            scalars.isEmpty ? "nothing" : scalars.map(HiddenCharacters.code).joined(separator: " ")
        }
        return " (\(codes(old)) → \(codes(new)))"
    }
}
