/// What a caller of the API may put into one place of a ``CommandTemplate``.
package struct TemplateParameter: Sendable, Equatable {
    /// The kinds of values.
    package enum Kind: String, Sendable, Equatable, CaseIterable {
        /// A text without control characters.
        case string
        /// A whole number.
        case integer
        /// `true` or `false`.
        case boolean
    }

    /// What kind of value it is.
    package var kind: Kind
    /// What a text as a whole has to match.
    package var pattern: TextPattern?
    /// The longest text, in Unicode scalars.
    package var maxLength: Int
    /// The least number.
    package var minimum: Int?
    /// The greatest number.
    package var maximum: Int?
    /// The values to choose from, as they are put in, or nil for all that are of the kind.
    package var choices: [String]?
    /// What is put in when the caller gives nothing.
    package var defaultValue: String?
    /// Whether the caller has to give a value.
    package var isRequired: Bool
    /// What it is for, to be read by people.
    package var description: String?

    /// A parameter in which everything but the kind has its default.
    package init(
        _ kind: Kind, pattern: TextPattern? = nil, maxLength: Int = 256, minimum: Int? = nil, maximum: Int? = nil,
        choices: [String]? = nil, defaultValue: String? = nil, isRequired: Bool? = nil, description: String? = nil
    ) {
        self.kind = kind
        self.pattern = pattern
        self.maxLength = maxLength
        self.minimum = minimum
        self.maximum = maximum
        self.choices = choices
        self.defaultValue = defaultValue
        self.isRequired = isRequired ?? (defaultValue == nil)
        self.description = description
    }
}
