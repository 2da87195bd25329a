/// Why a recording cannot be read, in words that name the line.
package struct RecordingFault: Error, Sendable, Equatable {
    package let words: String

    init(_ words: String) {
        self.words = words
    }

    init(line: Int, _ words: String) {
        self.words = "line \(line) \(words)"
    }
}
