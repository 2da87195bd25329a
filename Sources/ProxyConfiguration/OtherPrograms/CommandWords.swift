/// The words of a command line that somebody wrote as one text.
enum CommandWords {
    /// The words, with quotation marks taken off; nil if one of these is not closed.
    ///
    /// A backslash counts before a space or a quotation mark only, since it is part of paths elsewhere.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = text[...]
        while let character = rest.popFirst() {
            switch (character, quote) {
            case ("\\", nil), ("\\", "\""):
                guard let next = rest.first, next == "\"" || quote == nil && (next == "'" || next == " ") else {
                    word = (word ?? "") + "\\"
                    continue
                }
                word = (word ?? "") + String(rest.removeFirst())
            case (_, let open?) where character == open:
                quote = nil
            case ("\"", nil), ("'", nil):
                quote = character
                word = word ?? ""
            case (_, nil) where character.isWhitespace:
                if let word { words.append(word) }
                word = nil
            default:
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return quote == nil ? words : nil
    }
}

extension OtherPrograms {
    /// The words of a text that is a command with its arguments rather than the name of a program; nil for a name. A path
    /// may have a space in it; a name has none.
    package static func commandLine(_ text: String) -> [String]? {
        guard let words = CommandWords.split(text), words.count > 1, let program = words.first,
            !program.contains(where: { "/\\=".contains($0) })
        else { return nil }
        return words
    }
}
