import MCPValues

extension CommandTemplate {
    /// The command with the values of a caller in the place of its parameters.
    ///
    /// - Parameters:
    ///   - parameters: The values by name.
    ///   - source: What messages call the text that they come from.
    /// - Throws: ``ConfigurationError`` with every value that is missing, unknown or not allowed.
    package func expand(
        _ parameters: [String: ConfigurationNode], source: String = "request"
    ) throws(ConfigurationError) -> ServerTransport {
        var context = ConversionContext(source: source, format: .json, isStrict: true)
        let members = parameters.sorted { $0.key < $1.key }.map { name, node in
            ConfigurationNode.Member(name: name, position: node.position, value: node)
        }
        let transport = expand(members, at: ConfigurationPath("parameters"), nil, &context)
        guard !context.hasErrors else { throw ConfigurationError(code: .invalid, problems: context.problems) }
        return transport
    }

    /// The command with the values of a caller in the place of its parameters; what is refused is reported.
    func expand(
        _ members: [ConfigurationNode.Member], at path: ConfigurationPath, _ position: SourcePosition?,
        _ context: inout ConversionContext
    ) -> ServerTransport {
        var values: [String: String] = [:]
        var positions: [String: SourcePosition] = [:]
        for member in members {
            let memberPath = path.appending(member.written)
            guard let parameter = parameters[member.name] else {
                let near = nearestKey(to: member.name, in: parameters.keys.sorted())
                context.error(
                    "the template has no such parameter", at: member.position, memberPath,
                    write: near.map { "Did you mean \"\($0)\"?" } ?? "Remove it")
                continue
            }
            positions[member.name] = member.value.position
            values[member.name] = ParameterValue.text(member.value, as: parameter, at: memberPath, &context)
        }
        for (name, parameter) in parameters.sorted(by: { $0.key < $1.key }) where positions[name] == nil {
            values[name] = parameter.isRequired ? nil : parameter.defaultValue
            guard parameter.isRequired else { continue }
            context.error(
                "the parameter is missing", at: position, path.appending(name),
                write: "Write a value of type \(parameter.kind.rawValue)")
        }
        checkOptions(values, positions, at: path, &context)
        return .stdio(
            command: command, arguments: arguments.compactMap { $0.text(with: values) },
            environment: environment.compactMapValues { $0.text(with: values).map(Secret.init) },
            workingDirectory: workingDirectory)
    }

    /// Reports values that the program could take for options: they stand alone, begin with `-`, and no `--` is before.
    private func checkOptions(
        _ values: [String: String], _ positions: [String: SourcePosition], at path: ConfigurationPath,
        _ context: inout ConversionContext
    ) {
        for name in exposedParameters {
            guard let value = values[name], value.beginsWithBytes(of: "-") else { continue }
            context.error(
                "the value begins with -, so that the program would take it for an option", at: positions[name],
                path.appending(name), write: "Write another one")
        }
    }

    /// The parameters that stand alone before any argument `--`, each once.
    var exposedParameters: [String] {
        let exposed = arguments.prefix { $0 != .literal("--") }.compactMap { argument in
            if case .parameter(let name, "") = argument { name } else { nil }
        }
        return Set(exposed).sorted()
    }
}

extension TemplateText {
    /// The text with the values in it; nil if it stands for a parameter that was left out.
    fileprivate func text(with values: [String: String]) -> String? {
        switch self {
        case .literal(let text): text
        case .parameter(let name, let prefix): values[name].map { prefix + $0 }
        }
    }
}

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
