/// Decides how a server is reached and reads the keys for it.
enum TransportConversion {
    /// Reads the transport; nil if it cannot be used, which is reported.
    static func transport(
        in reader: ObjectReader, declared: DeclaredTransport?, _ context: inout ConversionContext
    ) -> ServerTransport? {
        let command = reader.nonEmptyText("command", &context)
        let url = reader.nonEmptyText("url", &context)
        if let declared, declared.isBinding, declared.kind != .stdio {
            return url.flatMap { RemoteConversion.http(url: $0, in: reader, declared, &context) }
                ?? missing("url", in: reader, because: declared, given: url, &context)
        }
        if let command {
            warnOfUnused(url: url, declared, in: reader, &context)
            return stdio(command: command, in: reader, &context)
        }
        if let declared, declared.kind == .stdio {
            return missing("command", in: reader, because: declared, given: nil, &context)
        }
        if let url {
            return RemoteConversion.http(url: url, in: reader, declared, &context)
        }
        if let declared {
            return missing("url", in: reader, because: declared, given: nil, &context)
        }
        // A value of the wrong kind was reported already.
        if reader.node("command") == nil || reader.node("command")?.value == .string(""),
            reader.node("url") == nil || reader.node("url")?.value == .string("")
        {
            context.error(
                "the server has neither command nor url", at: reader.position, reader.path,
                write: #"Write "command" for a program, or "url" for a remote server"#)
            // What else is wrong is told at once as well.
            _ = stdio(command: "", in: reader, &context)
        }
        return nil
    }

    private static func missing(
        _ key: String, in reader: ObjectReader, because declared: DeclaredTransport, given: String?,
        _ context: inout ConversionContext
    ) -> ServerTransport? {
        let node = reader.node(key)
        guard given == nil, node == nil || node?.value == .string("") else { return nil }
        let example = key == "url" ? #""url": "https://example.com/mcp""# : #""command": "npx""#
        context.error(
            "the transport \(declared.kind.rawValue) needs \(key)", at: node?.position ?? declared.position,
            reader.path(key), write: "Write \(example), or another \(declared.path.lastKey)")
        return nil
    }

    private static func warnOfUnused(
        url: String?, _ declared: DeclaredTransport?, in reader: ObjectReader, _ context: inout ConversionContext
    ) {
        if let declared, declared.kind != .stdio {
            context.reportWithoutEffect(
                "the transport has no effect, because a server with command is reached over stdio",
                at: declared.position,
                declared.path, write: "Remove command, or write \"stdio\"")
        }
        for key in ["url", "headers", "timeout"] + EgressConversion.keys {
            guard let node = reader.node(key), node.value != .string(""), !(context.isStrict && node.isEmpty) else {
                continue
            }
            if key == "timeout" {
                context.reportWithoutEffect(
                    "the key has no effect on a server with command\(readings(of: node))", at: node.position,
                    reader.path(key), write: #"Write "callTimeout" in its place, such as "60s""#)
                continue
            }
            context.reportWithoutEffect(
                "the key has no effect, because a server with command is reached over stdio", at: node.position,
                reader.path(key), write: "Remove \(key), or command")
        }
    }

    /// What a number without a unit may mean; nothing for a text with one.
    private static func readings(of node: ConfigurationNode) -> String {
        guard case .number(let text) = node.value, !node.holdsVariable, let parsed = DurationText.parse(text),
            parsed.hasForgottenUnit
        else { return "" }
        return ", and \(text) without a unit is seconds in some programs and milliseconds in others"
    }

    private static func stdio(
        command: String, in reader: ObjectReader, _ context: inout ConversionContext
    ) -> ServerTransport? {
        let program = Program(in: reader, command: command, &context)
        let environment = program.environment.map { ($0.name, Secret($0.value)) }
        return .stdio(
            command: command, arguments: program.arguments.map(\.text),
            environment: Dictionary(environment) { _, last in last }, workingDirectory: program.workingDirectory)
    }
}
