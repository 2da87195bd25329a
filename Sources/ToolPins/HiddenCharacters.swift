import MCPCore
package import NIOCore

/// Characters that nobody sees, or that turn the order in which a text is read: a model reads what a person does not.
///
/// These are the controls, the marks of reading direction, what has no width, and what Unicode calls default ignorable:
/// fillers, variation selectors, tags.
///
/// A name has no use for any of them: they are what [UTS #39](https://www.unicode.org/reports/tr39/#General_Security_Profile)
/// leaves out of identifiers, the joiners too. In other text those are allowed that a script or a pictograph needs:
///
/// - line breaks and tabs;
/// - the joiner and the non-joiner where [UAX #31](https://www.unicode.org/reports/tr31/#Layout_and_Format_Control_Characters)
///   has them: behind a virama (rules A2 and B), and the non-joiner between letters of a script whose letters join (A1,
///   taken for whole blocks);
/// - between two pictographs the joiner, and behind one the selector of its form (U+FE0E, U+FE0F,
///   [UTS #51](https://www.unicode.org/reports/tr51/#def_emoji_zwj_sequence)).
///
/// All other variation selectors are told, for one behind each letter spells a message; and tags, also those of the few
/// flags that are made of them.
package enum HiddenCharacters {
    /// How many different characters are told of one text.
    private static let maximumFindings = 10

    /// The first of them in a name; nil where there is none. Line breaks and tabs are seen, however odd they are there.
    package static func first(in name: String) -> Unicode.Scalar? {
        name.unicodeScalars.first { scalar in
            switch scalar {
            case "\t", "\n", "\r": false
            default: PrintableText.isHidden(scalar) || isBlank(scalar)
            }
        }
    }

    /// Those of a text that it has no use for, the first one first: `U+202E RIGHT-TO-LEFT OVERRIDE (2 times)`.
    package static func findings(in text: String) -> [String] {
        var counts = HiddenCounts()
        counts.add(text)
        return counts.findings
    }

    /// Those in all strings of a canonical JSON, such as a definition.
    package static func findings(inStringsOf json: ByteBuffer) -> [String] {
        var counts = HiddenCounts()
        CanonicalStrings(json).forEach { counts.add($0) }
        return counts.findings
    }

    /// The one blank that is taken for a letter: no dots of Braille.
    static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.value == 0x2800 }

    /// A character by its number, as `U+202E`.
    package static func code(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    /// What is counted of texts.
    private struct HiddenCounts {
        private var order: [Unicode.Scalar] = []
        private var counts: [Unicode.Scalar: Int] = [:]

        mutating func add(_ text: String) {
            guard text.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return }
            let scalars = Array(text.unicodeScalars)
            for (index, scalar) in scalars.enumerated() {
                guard PrintableText.isHidden(scalar) || isBlank(scalar), !HiddenNeeds.isNeeded(scalars, index) else {
                    continue
                }
                if counts[scalar] == nil { order.append(scalar) }
                counts[scalar, default: 0] += 1
            }
        }

        var findings: [String] {
            var words = order.prefix(maximumFindings).map { scalar in
                let name = scalar.properties.name ?? scalar.properties.nameAlias ?? "control character"
                let count = counts[scalar] ?? 0
                return "\(code(scalar)) \(name)" + (count > 1 ? " (\(count) times)" : "")
            }
            if order.count > maximumFindings { words.append("\(order.count - maximumFindings) other characters") }
            return words
        }
    }
}
