/// Why a file of pins is not taken.
package struct PinTextError: Error, Equatable, Sendable {
    /// What is wrong with it.
    package enum Code: Sendable, Equatable {
        /// It is no JSON.
        case noJSON
        /// It is of another version of the program.
        case version
        /// Something in it is of another kind than it must be, missing, or not known.
        case shape
        /// The same name stands there twice.
        case duplicate
        /// There is more than a record holds.
        case tooMuch
        /// A definition is not the one whose digest stands beside it.
        case digest
    }

    package let code: Code
    /// Where it stands, as `servers.files.tools.read[0]`; empty for the whole.
    package let place: String
    /// How many bytes stand before it in the text; nil where that says nothing.
    package let offset: Int?
    private let words: String

    /// - Parameters:
    ///   - place: Where it stands; empty for the whole.
    ///   - offset: How many bytes stand before it in the text.
    package init(_ code: Code, at place: String, offset: Int? = nil, _ words: String) {
        self.code = code
        self.place = place
        self.offset = offset
        self.words = words
    }
}

extension PinTextError: CustomStringConvertible {
    package var description: String { place.isEmpty ? words : "\(place): \(words)" }
}
