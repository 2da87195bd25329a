import MCPValues

/// Reads a command that the operator has prepared.
enum TemplateConversion {
    /// Reads one template; nil if it cannot be used, which is reported.
    static func template(
        _ node: ConfigurationNode, at path: ConfigurationPath, _ context: inout ConversionContext
    ) -> CommandTemplate? {
        guard let reader = ObjectReader(node, scope: .template, path: path, &context) else { return nil }
        let command = reader.nonEmptyText("command", &context)
        if reader.node("command") == nil || reader.node("command")?.value == .string("") {
            context.error(
                "the template has no command", at: reader.position, reader.path("command"),
                write: #"Write the program, such as "uvx""#)
        }
        let program = Program(in: reader, command: command ?? "", &context)
        let parameters = ParameterConversion.parameters(in: reader, &context)
        checkFixed("command", command, parameters, in: reader, &context)
        checkFixed("cwd", program.workingDirectory, parameters, in: reader, &context)
        var template = CommandTemplate(
            command: command ?? "", workingDirectory: program.workingDirectory,
            parameters: parameters.mapValues(\.parameter))
        template.arguments = arguments(of: program, in: reader, parameters, &context)
        for variable in program.environment {
            template.environment[variable.name] = text(
                variable.value, isArgument: false, at: variable.valuePosition, variable.path, parameters, &context)
        }
        reportUnused(parameters, in: template, &context)
        reportOptions(parameters, in: template, &context)
        return command == nil ? nil : template
    }

    private static func arguments(
        of program: Program, in reader: ObjectReader, _ parameters: [String: ParameterConversion.Placed],
        _ context: inout ConversionContext
    ) -> [TemplateText] {
        var texts: [TemplateText] = []
        for (index, argument) in program.arguments.enumerated() {
            let path = reader.path("args").appending(index: index)
            let position = argument.node.position
            let text = text(argument.text, isArgument: true, at: position, path, parameters, &context)
            if case .literal(let before)? = texts.last, before.beginsWithBytes(of: "-"), before != "--",
                case .parameter(let name, "") = text, parameters[name].map(\.parameter)?.mayBeLeftOut == true
            {
                context.error(
                    "the parameter may be left out, and the option before it would then take the next argument",
                    at: position, path, write: #"Write both as one argument, such as "--depth={depth}""#)
            }
            texts.append(text)
        }
        return texts
    }

    /// Reads a text with placeholders. No message shows it: variables of the proxy's environment may stand in it.
    private static func text(
        _ written: String, isArgument: Bool, at position: SourcePosition, _ path: ConfigurationPath,
        _ parameters: [String: ParameterConversion.Placed], _ context: inout ConversionContext
    ) -> TemplateText {
        do {
            let text = try TemplateText(written, isArgument: isArgument)
            if let name = text.parameterName, parameters[name] == nil {
                let near = nearestKey(to: name, in: parameters.keys.sorted()).map { "Did you mean {\($0)}? " } ?? ""
                context.error(
                    "the text has a placeholder for which there is no parameter", at: position, path,
                    write: "\(near)Describe it under \"parameters\", or write {{ and }} for braces")
            }
            return text
        } catch {
            switch error {
            case .looseBrace:
                context.error(
                    "a brace is not part of a placeholder such as {name}", at: position, path,
                    write: "Write {{ and }} for braces")
            case .partOfText:
                context.error(
                    isArgument
                        ? "a parameter must be the whole argument, or all that follows = in one such as --depth={depth}"
                        : "a parameter must be the whole value of an environment variable",
                    at: position, path,
                    write: isArgument ? "Give it an argument of its own" : #"Write "NAME": "{name}""#)
            }
            return .literal("")
        }
    }

    /// Reports a placeholder where callers of the API have no say.
    private static func checkFixed(
        _ key: String, _ text: String?, _ parameters: [String: ParameterConversion.Placed], in reader: ObjectReader,
        _ context: inout ConversionContext
    ) {
        guard let text, parameters.keys.contains(where: { text.range(ofFirst: "{\($0)}") != nil }) else { return }
        context.error(
            "a parameter cannot stand here", at: reader.node(key)?.position, reader.path(key),
            write: "Write the whole text; parameters are for args and env")
    }

    /// Reports values of the operator that ``CommandTemplate/expand(_:source:)`` would refuse.
    private static func reportOptions(
        _ parameters: [String: ParameterConversion.Placed], in template: CommandTemplate,
        _ context: inout ConversionContext
    ) {
        for name in template.exposedParameters {
            guard let placed = parameters[name] else { continue }
            for (key, values) in [
                ("enum", placed.parameter.choices ?? []),
                ("default", [placed.parameter.defaultValue].compactMap(\.self)),
            ] where values.contains(where: { $0.beginsWithBytes(of: "-") }) {
                context.error(
                    "a value begins with -, so that the program would take it for an option", at: placed.position,
                    placed.path.appending(key),
                    write: #"Write "--" before the parameter, or an argument such as "--depth={depth}""#)
            }
        }
    }

    private static func reportUnused(
        _ parameters: [String: ParameterConversion.Placed], in template: CommandTemplate,
        _ context: inout ConversionContext
    ) {
        let texts = template.arguments + template.environment.values
        let used = Set(texts.compactMap(\.parameterName))
        for (name, placed) in parameters where !used.contains(name) {
            context.error(
                "the parameter stands nowhere in args or env", at: placed.position, placed.path,
                write: "Write its name in braces where it belongs, or remove the parameter")
        }
    }
}

extension TemplateParameter {
    /// Whether a server may be made without a value for it.
    var mayBeLeftOut: Bool { !isRequired && defaultValue == nil }
}

/// Reads what callers of the API may put into a template.
enum ParameterConversion {
    /// A parameter and where it is described.
    struct Placed {
        var parameter: TemplateParameter
        var position: SourcePosition
        var path: ConfigurationPath
    }

    /// The greatest `maxLength`.
    static let longest = 8192

    /// Reads all parameters of a template. One that cannot be used is reported, and kept so that it counts as described.
    static func parameters(in template: ObjectReader, _ context: inout ConversionContext) -> [String: Placed] {
        var parameters: [String: Placed] = [:]
        for (member, path) in template.members("parameters", &context) {
            guard TemplateText.isName(member.name) else {
                context.error(
                    "the name of the parameter is not of letters, digits, _ and - only, or is too long",
                    at: member.position, path, write: #"Write a name such as "branch", of at most 64 characters"#)
                continue
            }
            parameters[member.name] = Placed(
                parameter: parameter(member.value, at: path, &context), position: member.position, path: path)
        }
        return parameters
    }

    private static func parameter(
        _ node: ConfigurationNode, at path: ConfigurationPath, _ context: inout ConversionContext
    ) -> TemplateParameter {
        guard let reader = ObjectReader(node, scope: .templateParameter, path: path, &context) else {
            return TemplateParameter(.string)
        }
        let kind = reader.choice("type", of: TemplateParameter.Kind.self, &context)
        if reader.node("type") == nil {
            context.error(
                "the parameter has no type", at: reader.position, reader.path("type"),
                write: #"Write "string", "integer" or "boolean""#)
        }
        var parameter = TemplateParameter(kind ?? .string)
        parameter.description = reader.text("description", &context)
        parameter.pattern = pattern(in: reader, &context)
        parameter.maxLength = reader.integer("maxLength", in: 1...longest, usual: 256, &context) ?? 256
        parameter.minimum = reader.integer("minimum", in: .min ... .max, usual: 0, &context)
        parameter.maximum = reader.integer("maximum", in: .min ... .max, usual: 100, &context)
        guard kind != nil else { return parameter }
        checkFit(parameter.kind, reader, &context)
        checkRange(parameter, reader, &context)
        parameter.choices = choices(of: parameter, reader, &context)
        readDefault(into: &parameter, reader, &context)
        return parameter
    }

    private static func pattern(in reader: ObjectReader, _ context: inout ConversionContext) -> TextPattern? {
        guard let pattern = reader.nonEmptyText("pattern", &context) else { return nil }
        do throws(TextPattern.Fault) {
            return try TextPattern(pattern)
        } catch {
            context.error(
                "the pattern cannot be used, from its character \(error.position) on: \(error.message)",
                at: reader.node("pattern")?.position, reader.path("pattern"), write: error.suggestion)
            return nil
        }
    }

    /// A bound on the wrong kind of value would look as if something were checked.
    private static func checkFit(
        _ kind: TemplateParameter.Kind, _ reader: ObjectReader, _ context: inout ConversionContext
    ) {
        let unfit: [String] =
            switch kind {
            case .string: ["minimum", "maximum"]
            case .integer: ["pattern", "maxLength"]
            case .boolean: ["pattern", "maxLength", "minimum", "maximum", "enum"]
            }
        for key in unfit {
            guard let node = reader.node(key) else { continue }
            context.error(
                "the key has no meaning for a parameter of type \(kind.rawValue)", at: node.position, reader.path(key),
                write: "Remove it, or write another type")
        }
    }

    private static func checkRange(
        _ parameter: TemplateParameter, _ reader: ObjectReader, _ context: inout ConversionContext
    ) {
        guard let minimum = parameter.minimum, let maximum = parameter.maximum, minimum > maximum else { return }
        context.error(
            "minimum must not be larger than maximum", at: reader.node("minimum")?.position, reader.path("minimum"),
            write: "Write both, minimum as the smaller one")
    }

    private static func choices(
        of parameter: TemplateParameter, _ reader: ObjectReader, _ context: inout ConversionContext
    ) -> [String]? {
        guard let node = reader.node("enum") else { return nil }
        guard case .array(let elements) = node.value, !elements.isEmpty else {
            context.error(
                "a list of values is expected", at: node.position, reader.path("enum"),
                write: #"Write ["one", "other"]"#)
            return nil
        }
        return elements.enumerated().compactMap { index, element in
            ParameterValue.text(element, as: parameter, at: reader.path("enum").appending(index: index), &context)
        }
    }

    private static func readDefault(
        into parameter: inout TemplateParameter, _ reader: ObjectReader, _ context: inout ConversionContext
    ) {
        let isRequired = reader.boolean("required", &context)
        if let node = reader.node("default") {
            parameter.defaultValue = ParameterValue.text(node, as: parameter, at: reader.path("default"), &context)
            if isRequired == true {
                context.warn(
                    "the default has no effect, because the parameter is required", at: node.position,
                    reader.path("default"), write: "Remove one of the two")
            }
        }
        parameter.isRequired = isRequired ?? (reader.node("default") == nil)
    }
}
