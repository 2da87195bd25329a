/// The words of a description that could be names of tools.
///
/// A word is of letters, digits, `_` and `-`; what is joined to a longer one by `.` or `/` is looked at as a whole, too.
struct MentionedWords {
    private let text: [Unicode.Scalar]

    init(_ text: String) {
        self.text = Array(text.unicodeScalars)
    }

    /// - Parameter body: Is given a word, and whether something marks it as a name: it stands in quotes, or beside the word
    ///   "tool".
    func forEach(_ body: (String, Bool) -> Void) {
        let words = runs(of: Self.isOfWord)
        for (index, word) in words.enumerated() {
            let isBesideTool =
                index > 0 && isTool(words[index - 1]) && areClose(words[index - 1], word)
                || index + 1 < words.count && isTool(words[index + 1]) && areClose(word, words[index + 1])
            body(string(word), isBesideTool || isInQuotes(word))
        }
        for run in runs(of: { Self.isOfWord($0) || Self.joins($0) }) {
            let word = withoutJoinsAround(run)
            if text[word].contains(where: Self.joins) { body(string(word), isInQuotes(word)) }
        }
    }

    private func runs(of belongs: (Unicode.Scalar) -> Bool) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start: Int?
        for (place, scalar) in text.enumerated() {
            if belongs(scalar) {
                start = start ?? place
            } else if let first = start {
                runs.append(first..<place)
                start = nil
            }
        }
        if let first = start { runs.append(first..<text.count) }
        return runs
    }

    private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: !scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        }
    }

    private static func joins(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "/" }

    private static func isQuote(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\"", "'", "`", "“", "”", "„", "‘", "’", "‚", "«", "»", "‹", "›", "「", "」": true
        default: false
        }
    }

    private func withoutJoinsAround(_ run: Range<Int>) -> Range<Int> {
        var run = run
        while let last = run.last, Self.joins(text[last]) { run = run.lowerBound..<last }
        while let first = run.first, Self.joins(text[first]) { run = first + 1..<run.upperBound }
        return run
    }

    private func isInQuotes(_ word: Range<Int>) -> Bool {
        word.lowerBound > 0 && Self.isQuote(text[word.lowerBound - 1])
            && word.upperBound < text.count && Self.isQuote(text[word.upperBound])
    }

    /// Whether only spaces and quotes stand between two words.
    private func areClose(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        text[left.upperBound..<right.lowerBound].allSatisfy { $0.properties.isWhitespace || Self.isQuote($0) }
    }

    private func isTool(_ word: Range<Int>) -> Bool {
        ["tool", "tools", "Tool", "Tools", "TOOL"].contains { $0.unicodeScalars.elementsEqual(text[word]) }
    }

    private func string(_ word: Range<Int>) -> String { String(String.UnicodeScalarView(text[word])) }
}
