/// A key the configuration knows, and what its value looks like.
///
/// ``KeyScope`` holds the table of all of them. The JSON Schema is kept in step with it by a test.
struct KnownKey: Sendable, Equatable {
    /// What the value looks like.
    enum Shape: Sendable, Equatable {
        case text
        case boolean
        case integer
        /// A text such as `"30s"`, or a number of nanoseconds.
        case duration
        /// A text such as `"4MiB"`, or a number of bytes.
        case size
        case texts
        /// An object whose names are free and whose values are texts.
        case textMap
        /// A text, a number or a truth value.
        case value
        /// A list of such values.
        case values
        /// An object whose names are free and whose values are such values.
        case valueMap
        /// One of some words.
        case choice([String])
        /// An object with known keys.
        case object(KeyScope)
        /// An object whose names are free and whose values are objects with known keys.
        case map(KeyScope)
    }

    /// The key.
    var name: String
    /// What its value looks like.
    var shape: Shape
    /// What counts when the key is left out, where that can be said in one value.
    var defaultValue: ConfigurationNode.Value?
    /// Whether the key is of version 1 of the format.
    var isDeprecated = false

    init(
        _ name: String, _ shape: Shape, default defaultValue: ConfigurationNode.Value? = nil, isDeprecated: Bool = false
    ) {
        self.name = name
        self.shape = shape
        self.defaultValue = defaultValue
        self.isDeprecated = isDeprecated
    }
}
