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
