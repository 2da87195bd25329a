/// What breaks the grammar of YAML, in words for the person who wrote the text: what was expected, where, and what to
/// write instead. Nothing of the text is quoted but a mark of the grammar.
struct YAMLFault {
    /// What the parser says.
    var problem: String
    /// Where it gave up.
    var position: SourcePosition
    /// Where what it was reading begins, if it says so.
    var start: SourcePosition?
    /// The character at which it gave up.
    var character: Character?

    /// The error to report.
    var error: DocumentSyntaxError {
        let words = Self.table.first { problem.contains($0.problem) }
        guard let words else { return DocumentSyntaxError(problem, at: position) }
        let isOpen = words.place == .start && start != nil
        var message = words.message
        if words.place == .both, let start { message += ", in what begins at \(start)" }
        if let character, words.problem == Self.noToken {
            message = character == "\t" ? "a tab stands here" : "a text cannot begin with \(character)"
        }
        let suggestion = character == "\t" ? Self.spaces : words.suggestion
        return DocumentSyntaxError(message, at: isOpen ? start ?? position : position, write: suggestion)
    }

    /// Which of the places helps more: where the reader gave up, or where it began.
    private enum Place {
        case problem
        case start
        case both
    }

    /// What is said of an alias without its anchor.
    static let undefinedAlias = "undefined alias"
    /// What is said of a second document.
    static let anotherDocument = "another document"

    private static let noToken = "cannot start any token"
    private static let spaces = "Indent with spaces, never with tabs"
    private static let quote = "Put the text in quotation marks"

    private static let table: [(problem: String, message: String, suggestion: String, place: Place)] = [
        (noToken, "a text cannot begin like this", quote, .problem),
        ("tab character", "a tab stands where spaces are expected", spaces, .problem),
        (
            "mapping values are not allowed", "a key is not expected here",
            #"Put a text with ": " in it in quotation marks, and see that the line before has a : after its key"#,
            .problem
        ),
        (
            "did not find expected key", "a key is expected here",
            #"Write "key: value", indented like the keys beside it"#, .problem
        ),
        (
            "could not find expected ':'", "a : is expected after the key",
            #"Write "key: value", or "- value" in a list, with a space between"#, .start
        ),
        ("did not find expected ',' or ']'", "a , or ] is expected here", "Close the list with ]", .both),
        ("did not find expected ',' or '}'", "a , or } is expected here", "Close the mapping with }", .both),
        (
            "did not find expected '-' indicator", #""- " is expected here"#, "Indent it like the elements beside it",
            .problem
        ),
        (
            "block sequence entries are not allowed", #""- " is not expected here"#,
            "Write the list on lines of its own, below its key", .problem
        ),
        ("unexpected end of stream", "a quotation mark opens here and is not closed", "Close it", .start),
        ("unexpected document indicator", "a quotation mark opens here and is not closed", "Close it", .start),
        (
            "hexdecimal number", #"a number is expected after the \ of a text in double quotation marks"#,
            #"Write \\, or use single quotation marks"#, .problem
        ),
        (
            "unknown escape character", #"the \ of a text in double quotation marks has no meaning here"#,
            #"Write \\, or use single quotation marks"#, .problem
        ),
        (
            undefinedAlias, "an alias, which begins with *, stands for nothing",
            "Name it with & where it stands for something, or put the text in quotation marks", .problem
        ),
        ("alphabetic or numeric character", "a name is expected after the * or &", quote, .problem),
        (anotherDocument, "but found another document", "Leave one document in the file, without ---", .problem),
        ("control characters", "a control character stands here", "Remove it", .problem),
        ("comment or line break", "the end of the line is expected here", "Begin the text on the next line", .problem),
        ("whitespace or line break", "a space is expected here", quote, .problem),
        ("mapping keys are not allowed", "a key is not expected here", quote, .problem),
        ("<document start>", "the end of the file is expected here", "Indent it like what is above", .problem),
    ]
}
