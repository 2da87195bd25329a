/// A text of YAML that is neither list nor mapping, and what it means.
///
/// A plain one, without quotation marks, may be a number, a boolean or nothing, by the types of YAML 1.1
/// (https://yaml.org/type/); `yes` and `on` are booleans.
struct YAMLScalar {
    /// What says what it is.
    enum Tag: Equatable {
        /// Nothing but the text itself.
        case plain
        /// It is a text, since it is quoted or in lines of its own.
        case quoted
        /// The tag that is written before it, in its long form.
        case written(String)
    }

    /// The text, without quotation marks.
    var text: String
    /// What says what it is.
    var tag: Tag

    /// Whether this is the key `<<`, which merges mappings.
    var isMerge: Bool { tag == .plain && text == "<<" || tag == .written(Self.prefix + "merge") }

    /// What it means; nothing where its tag asks for what the text is not.
    var value: ConfigurationNode.Value? {
        switch tag {
        case .plain: Self.plainValue(of: text)
        case .quoted: .string(text)
        case .written(Self.prefix + "null"): Self.nulls.contains(text) ? .null : nil
        case .written(Self.prefix + "bool"): Self.boolean(text).map { .bool($0) }
        case .written(Self.prefix + "int"), .written(Self.prefix + "float"):
            YAMLNumber.isOne(text) ? .number(text) : nil
        case .written: .string(text)
        }
    }

    private static let prefix = "tag:yaml.org,2002:"
    private static let nulls: Set<String> = ["", "~", "null", "Null", "NULL"]

    private static func plainValue(of text: String) -> ConfigurationNode.Value {
        if nulls.contains(text) { return .null }
        if let boolean = boolean(text) { return .bool(boolean) }
        return YAMLNumber.isOne(text) ? .number(text) : .string(text)
    }

    private static func boolean(_ text: String) -> Bool? {
        switch text {
        case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": true
        case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": false
        default: nil
        }
    }
}
