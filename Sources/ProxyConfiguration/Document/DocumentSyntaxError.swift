/// Why a text is not a document of its format.
struct DocumentSyntaxError: Error, Equatable {
    /// What is wrong; never quotes the text, which may hold secrets.
    var message: String
    /// Where it is wrong.
    var position: SourcePosition
    /// What to write instead.
    var suggestion: String?

    init(_ message: String, at position: SourcePosition, write suggestion: String? = nil) {
        self.message = message
        self.position = position
        self.suggestion = suggestion
    }
}
