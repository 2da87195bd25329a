/// Puts environment variables in the place of `$NAME` and `${NAME}`.
///
/// The Go program expands the raw text before it is parsed, so that a value with a quotation mark breaks the file or adds
/// keys to it. Here the text is parsed first; a value is put in once and never looked at again.
struct EnvironmentExpansion {
    /// What came of a text.
    struct Outcome: Equatable {
        var text: String
        /// Variables that are not defined; they expand to nothing.
        var undefined: [String] = []
        /// Whether a `${` is not followed by a name and `}`. Such text is left as it is.
        var isMalformed = false
        /// Whether a `$` stands before a character that shells treat as a variable. It is left as it is.
        var hasDoubtfulDollar = false
    }

    let environment: [String: String]
    /// Whether braces of values are doubled, for texts in which a brace has a meaning of its own.
    var doublesBraces = false

    /// Expands one text. `$$` stands for a dollar sign.
    func expand(_ text: String) -> Outcome {
        var outcome = Outcome(text: "")
        var rest = Substring(text)
        while let dollar = rest.unicodeScalars.firstIndex(of: "$") {
            outcome.text += rest[..<dollar]
            rest = Substring(rest.unicodeScalars[rest.unicodeScalars.index(after: dollar)...])
            expandReference(&rest, into: &outcome)
        }
        outcome.text += rest
        return outcome
    }

    private func expandReference(_ rest: inout Substring, into outcome: inout Outcome) {
        let scalars = rest.unicodeScalars
        switch scalars.first {
        case "$":
            outcome.text += "$"
            rest = Substring(scalars.dropFirst())
        case "{":
            guard let end = scalars.firstIndex(of: "}"), case let name = String(scalars.dropFirst().prefix(upTo: end)),
                Self.isName(name)
            else {
                outcome.isMalformed = true
                outcome.text += "$"
                return
            }
            append(name, to: &outcome)
            rest = Substring(scalars[scalars.index(after: end)...])
        case let scalar? where Self.isNameStart(scalar):
            let name = String(scalars.prefix(while: Self.isNamePart))
            append(name, to: &outcome)
            rest = Substring(scalars.dropFirst(name.unicodeScalars.count))
        case let scalar?:
            outcome.hasDoubtfulDollar = outcome.hasDoubtfulDollar || "0123456789*#@!?-".unicodeScalars.contains(scalar)
            outcome.text += "$"
        case nil:
            outcome.text += "$"
        }
    }

    private func append(_ name: String, to outcome: inout Outcome) {
        if let value = environment[name] {
            outcome.text += doublesBraces ? Self.doublingBraces(value) : value
        } else {
            outcome.undefined.append(name)
        }
    }

    private static func doublingBraces(_ text: String) -> String {
        text.reduce(into: "") { doubled, character in
            doubled.append(character)
            if character == "{" || character == "}" { doubled.append(character) }
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first else { return false }
        return isNameStart(first) && text.unicodeScalars.allSatisfy(isNamePart)
    }

    private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
        isNamePart(scalar) && !("0"..."9").contains(scalar)
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }
}
