import MCPValues

/// Turns the value of a template's parameter into the text that is put in, if it is one that the operator allows.
///
/// No message shows the value. What is allowed is told to callers of the API, but not where a file is read.
enum ParameterValue {
    /// The text; nil if the value is refused, which is reported.
    static func text(
        _ node: ConfigurationNode, as parameter: TemplateParameter, at path: ConfigurationPath,
        _ context: inout ConversionContext
    ) -> String? {
        let text: String? =
            switch parameter.kind {
            case .string: string(node, parameter, path, &context)
            case .integer: integer(node, parameter, path, &context)
            case .boolean: boolean(node, path, &context)
            }
        guard let text else { return nil }
        // Byte by byte: a program does not take two spellings of one word for the same.
        if let choices = parameter.choices, !choices.contains(where: text.hasBytes(of:)) {
            context.error(
                "the value is none of those to choose from", at: node.position, path,
                write: context.isStrict
                    ? "Write one of \(choices.map(ConfigurationPath.quoted).joined(separator: ", "))"
                    : "Write one of those under \"enum\"")
            return nil
        }
        return text
    }

    private static func string(
        _ node: ConfigurationNode, _ parameter: TemplateParameter, _ path: ConfigurationPath,
        _ context: inout ConversionContext
    ) -> String? {
        guard let text = ObjectReader.text(node, path, &context) else { return nil }
        guard text.unicodeScalars.count <= parameter.maxLength else {
            context.error(
                "the text has more than \(parameter.maxLength) characters", at: node.position, path,
                write: "Write a shorter one")
            return nil
        }
        guard !text.hasControlCharacter else {
            context.error(
                "the text holds a line break or another control character", at: node.position, path, write: "Remove it")
            return nil
        }
        guard let pattern = parameter.pattern, !pattern.matches(text) else { return text }
        context.error(
            "the text does not match the pattern of the parameter", at: node.position, path,
            write: context.isStrict
                ? "Write one that matches \(ConfigurationPath.quoted(pattern.text)) as a whole"
                : "Write one that matches it as a whole")
        return nil
    }

    private static func integer(
        _ node: ConfigurationNode, _ parameter: TemplateParameter, _ path: ConfigurationPath,
        _ context: inout ConversionContext
    ) -> String? {
        let range = (parameter.minimum ?? .min, parameter.maximum ?? .max)
        guard let number = digits(of: node, context).flatMap({ Int($0) }) else {
            context.error(
                "a whole number is expected", at: node.position, path, write: "Write one, without quotation marks")
            return nil
        }
        guard number >= range.0, number <= range.1 else {
            context.error(
                "the number is out of range", at: node.position, path,
                write: [
                    parameter.minimum.map { "Write at least \($0)" }, parameter.maximum.map { "Write at most \($0)" },
                ].compactMap(\.self).joined(separator: ". "))
            return nil
        }
        return "\(number)"
    }

    private static func boolean(
        _ node: ConfigurationNode, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) -> String? {
        switch node.value {
        case .bool(let value):
            return "\(value)"
        case .string(let text) where !context.isStrict && BooleanText.parse(text) != nil:
            return BooleanText.parse(text).map { "\($0)" }
        case .null, .number, .string, .array, .object:
            context.error("true or false is expected", at: node.position, path, write: "Write true or false")
            return nil
        }
    }

    /// The text of a number. In a file a text serves as well, where an expanded variable stands for a number.
    private static func digits(of node: ConfigurationNode, _ context: ConversionContext) -> String? {
        switch node.value {
        case .number(let text): text
        case .string(let text): context.isStrict ? nil : text
        case .null, .bool, .array, .object: nil
        }
    }
}
