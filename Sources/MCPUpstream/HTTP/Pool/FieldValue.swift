import MCPCore

/// A text that may stand in a header field: printable ASCII, with blanks inside at most.
///
/// What a server or a client said becomes one only by being checked, so that a header can always be written: there is
/// nothing left to fail where it is.
struct FieldValue: Equatable, ExpressibleByStringLiteral {
    let text: String

    /// nil for what cannot stand in a header field.
    init?(_ text: String) {
        guard RequestFields.isValidValue(text) else { return nil }
        self.text = text
    }

    /// Our own words.
    init(stringLiteral text: StaticString) {
        self.text = String(describing: text)
    }

    /// A revision that we speak, whose name is a date.
    init(_ version: ProtocolVersion) {
        self.text = version.name
    }
}
