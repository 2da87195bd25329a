/// A key that may be written: what its value looks like, what counts without it, and what it is for.
///
/// ``KeyScope`` holds the table of all of them, and the JSON Schema is written from it.
struct KnownKey: Sendable {
    /// What the value looks like.
    enum Shape: Sendable, Equatable {
        case text
        case boolean
        /// A whole number.
        case integer(ClosedRange<Int>? = nil)
        /// A text such as `"30s"`, or a number of nanoseconds.
        case duration(ClosedRange<Duration>? = nil)
        /// A text such as `"4MiB"`, or a number of bytes.
        case size(ClosedRange<Int>? = nil)
        case texts
        /// One text, or a list of them.
        case textOrTexts
        /// An object whose names are free and whose values are texts.
        case textMap
        /// A text, a number or a truth value.
        case value
        /// A list of such values.
        case values
        /// An object whose names are free and whose values are such values.
        case valueMap
        /// A list of objects whose names are free.
        case objects
        /// Whatever JSON can say.
        case json
        /// One of some words.
        case choice([String])
        /// An object with known keys.
        case object(KeyScope)
        /// An object with known keys, or one word.
        case objectOrWord(KeyScope, String)
        /// An object whose names are free and whose values are objects with known keys.
        case map(KeyScope)
        /// A list of objects with known keys.
        case list(KeyScope)
    }

    /// The key.
    let name: String
    /// What its value looks like.
    let shape: Shape
    /// What counts when the key is left out, where that can be said in one value.
    var defaultValue: ConfigurationNode.Value?
    /// What it is for, in whole sentences, as editors show it.
    let documentation: String
    /// What else editors are told: further members of its JSON Schema, as they stand there.
    var hints: String?
    /// Whether the key is of version 1 of the format.
    var isDeprecated = false

    init(
        _ name: String, _ shape: Shape, default defaultValue: ConfigurationNode.Value? = nil, _ documentation: String,
        hints: String? = nil, isDeprecated: Bool = false
    ) {
        self.name = name
        self.shape = shape
        self.defaultValue = defaultValue
        self.documentation = documentation
        self.hints = hints
        self.isDeprecated = isDeprecated
    }
}

extension KnownKey.Shape {
    /// One of the words of a type.
    static func words<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) -> Self
    where Choice.RawValue == String {
        .choice(Choice.allCases.map(\.rawValue))
    }

    /// What an object under the key may have, where there can be one.
    var inner: KeyScope? {
        switch self {
        case .object(let scope), .objectOrWord(let scope, _): scope
        case .text, .boolean, .integer, .duration, .size, .texts, .textOrTexts, .textMap, .value, .values, .valueMap,
            .objects, .json, .choice, .map, .list:
            nil
        }
    }
}
