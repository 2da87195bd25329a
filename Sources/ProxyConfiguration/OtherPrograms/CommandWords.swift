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
