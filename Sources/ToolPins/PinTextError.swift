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
    private let words: String

    /// - Parameter place: Where it stands; empty for the whole.
    package init(_ code: Code, at place: String, _ words: String) {
        self.code = code
        self.place = place
        self.words = words
    }
}

extension PinTextError: CustomStringConvertible {
    package var description: String { place.isEmpty ? words : "\(place): \(words)" }
}
