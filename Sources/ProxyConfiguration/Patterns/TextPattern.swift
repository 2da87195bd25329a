/// A regular expression that a text has to match as a whole, of a kind that is matched in linear time.
///
/// Texts come from callers who may want to keep the proxy busy. Engines that try one way after another need a time that
/// is exponential in the length of the text for patterns as plain as `([a-z0-9]+-?)+`; here all ways are followed at
/// once, so that a text costs its length times the size of the pattern, both of which are bounded.
package struct TextPattern: Sendable {
    /// The longest pattern, in Unicode scalars.
    package static let maximumLength = 4_096
    /// The most steps that a pattern may have once its repetitions are written out.
    package static let maximumSteps = 4_096

    /// Why a pattern cannot be used. Shows nothing of the pattern, in which secrets of the operator may stand.
    package struct Fault: Error, Equatable {
        /// The character at which it was found; the first is 1.
        package let position: Int
        /// What is wrong.
        package let message: String
        /// What to write instead.
        package let suggestion: String
    }

    /// The pattern as it was written.
    package let text: String
    private let steps: [PatternStep]

    /// Reads a pattern.
    ///
    /// - Throws: the first fault.
    package init(_ text: String) throws(Fault) {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count <= Self.maximumLength else {
            throw Fault(
                position: Self.maximumLength + 1, message: "the pattern is too long",
                suggestion: "Write at most \(Self.maximumLength) characters")
        }
        var parser = PatternParser(scalars)
        let whole = try parser.parse()
        guard whole.stepCount <= Self.maximumSteps else {
            throw Fault(
                position: 1, message: "the pattern is too large once its repetitions are written out",
                suggestion: "Repeat less: {1,63} counts 63 times what it repeats, and all together may be "
                    + "\(Self.maximumSteps)")
        }
        self.text = text
        var program = PatternProgram()
        program.add(whole)
        steps = program.finished
    }

    /// Whether the pattern fits all of the text, scalar by scalar: what is one character to a reader may be several
    /// letters to the program that gets the text.
    package func matches(_ text: String) -> Bool {
        var places = PatternPlaces(steps)
        for scalar in text.unicodeScalars {
            guard places.advance(over: scalar) else { return false }
        }
        return places.areAtTheEnd
    }
}

extension TextPattern: Equatable {
    package static func == (one: TextPattern, other: TextPattern) -> Bool {
        one.text.utf8.elementsEqual(other.text.utf8)
    }
}
