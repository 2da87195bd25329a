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
