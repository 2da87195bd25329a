/// Which names are meant, as a list of patterns of which the last that matches decides.
///
/// In a pattern `*` stands for any text and `?` for one character; `!` in front takes away what the pattern matches. A
/// list that begins with `!` begins with all names. Names are compared byte by byte, but for `?`, which stands for one
/// Unicode scalar.
package struct NamePatterns: Sendable, Hashable {
    /// One of them, as it is written: there may be many for each of many clients, so that nothing else is kept of it.
    private struct Pattern: Sendable, Hashable {
        let text: ByteText

        init(_ text: String) {
            self.text = ByteText(text)
        }

        var isNegated: Bool { text.text.utf8.first == UInt8(ascii: "!") }

        func matches(_ name: [UInt8]) -> Bool {
            var text = text.text
            return text.withUTF8 { bytes in
                let isNegated = unsafe bytes.first == UInt8(ascii: "!")
                return unsafe NamePatterns.matches(UnsafeBufferPointer(rebasing: bytes[(isNegated ? 1 : 0)...]), name)
            }
        }
    }

    private let patterns: [Pattern]

    /// - Parameter texts: The patterns in the order written. Without any, no name is meant.
    package init(_ texts: [String]) {
        patterns = texts.map(Pattern.init)
    }

    /// All names.
    package static let all = NamePatterns(["*"])

    /// The patterns in the order written.
    package var texts: [String] { patterns.map(\.text.text) }

    /// Whether every name is meant, whatever it is.
    package var isAll: Bool {
        patterns.count == 1 && patterns[0].text.text == "*"
    }

    /// Whether a name is meant.
    package func admits(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        let last = patterns.last { $0.matches(bytes) }
        return last.map { !$0.isNegated } ?? patterns.first?.isNegated ?? false
    }

    /// Whether a name is taken away, and not only not meant.
    package func denies(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return patterns.last { $0.matches(bytes) }?.isNegated ?? false
    }

    /// The pattern that decides about a name, for people who ask why; nil when none matches.
    package func decisive(for name: String) -> String? {
        let bytes = Array(name.utf8)
        return patterns.last { $0.matches(bytes) }?.text.text
    }

    /// The patterns that match none of these names.
    package func unmatched(by names: some Sequence<String>) -> [String] {
        let names = names.map { Array($0.utf8) }
        return patterns.filter { pattern in !names.contains(where: pattern.matches) }.map(\.text.text)
    }

    /// Whether a text matches. Looks at each byte of the text at most once for each byte of the pattern.
    private static func matches(_ pattern: UnsafeBufferPointer<UInt8>, _ text: [UInt8]) -> Bool {
        var (inPattern, inText) = (0, 0)
        // Where to go on when what was tried after the last star does not match.
        var retry: (pattern: Int, text: Int)?
        while inText < text.count {
            if inPattern < pattern.count, unsafe pattern[inPattern] == UInt8(ascii: "*") {
                inPattern += 1
                retry = (inPattern, inText)
            } else if inPattern < pattern.count, unsafe pattern[inPattern] == UInt8(ascii: "?") {
                inPattern += 1
                inText = afterScalar(at: inText, in: text)
            } else if inPattern < pattern.count, unsafe pattern[inPattern] == text[inText] {
                inPattern += 1
                inText += 1
            } else if let again = retry {
                inPattern = again.pattern
                inText = again.text + 1
                retry = (again.pattern, inText)
            } else {
                return false
            }
        }
        return unsafe pattern[inPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    private static func afterScalar(at index: Int, in text: [UInt8]) -> Int {
        var next = index + 1
        while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
        return next
    }
}
