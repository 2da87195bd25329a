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
