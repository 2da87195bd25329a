/// What is written about a program to be started, besides its command, with the places where it stands.
struct Program {
    /// One environment variable.
    struct Variable {
        var name: String
        var value: String
        /// Where the name stands.
        var position: SourcePosition
        /// Where the value stands.
        var valuePosition: SourcePosition
        var path: ConfigurationPath
    }

    let arguments: [(text: String, node: ConfigurationNode)]
    let environment: [Variable]
    let workingDirectory: String?

    /// Reads `args`, `env` and `cwd`; what no program can be given is reported.
    init(in reader: ObjectReader, command: String, _ context: inout ConversionContext) {
        arguments = reader.looseTexts("args", &context) ?? []
        for (key, text, node) in [("command", command, reader.node("command"))]
            + arguments.map({ ("args", $0.text, $0.node) })
        where text.unicodeScalars.contains("\0") {
            context.error("the text holds a NUL", at: node?.position, reader.path(key), write: "Remove it")
        }
        workingDirectory = reader.nonEmptyText("cwd", &context)
        if let workingDirectory, workingDirectory.unicodeScalars.contains("\0") {
            context.error(
                "the text holds a NUL", at: reader.node("cwd")?.position, reader.path("cwd"), write: "Remove it")
        }
        environment = Self.environment(in: reader, &context)
    }

    private static func environment(in reader: ObjectReader, _ context: inout ConversionContext) -> [Variable] {
        var variables: [Variable] = []
        for (member, path) in reader.members("env", &context) {
            if member.name.isEmpty || member.name.unicodeScalars.contains("=")
                || member.name.unicodeScalars.contains("\0")
            {
                context.error(
                    "the name of an environment variable must not be empty or hold = or NUL", at: member.position, path,
                    write: #"Write "NAME": "value""#)
            }
            guard let value = ObjectReader.looseText(member.value, path, &context) else { continue }
            if value.unicodeScalars.contains("\0") {
                context.error("the value holds a NUL", at: member.value.position, path, write: "Remove it")
            }
            Placeholder.check(value, at: member.value.position, path, &context)
            variables.append(
                Variable(
                    name: member.name, value: value, position: member.position, valuePosition: member.value.position,
                    path: path))
        }
        return variables
    }
}
