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
                    reader.path(key),
                    write: "Write \"callTimeout\": \"\(callTimeout(for: node, context))\" in its place")
                continue
            }
            context.reportWithoutEffect(
                "the key has no effect, because a server with command is reached over stdio", at: node.position,
                reader.path(key), write: "Remove \(key), or command")
        }
    }

    /// The time that is most likely meant, as it may be written.
    private static func callTimeout(for node: ConfigurationNode, _ context: ConversionContext) -> String {
        let written: String? =
            switch node.value {
            case .number(let text), .string(let text): node.holdsVariable ? nil : text
            case .null, .bool, .array, .object: nil
            }
        guard let parsed = written.flatMap(DurationText.parse),
            parsed.duration >= .milliseconds(1) || parsed.hasForgottenUnit
        else { return "60s" }
        let meant = parsed.hasForgottenUnit ? DurationText.plausible(parsed.bareNumber ?? 0) : parsed.duration
        return DurationText.format(min(meant, context.longestTimes["callTimeout"] ?? .seconds(24 * 60 * 60)))
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

/// The transport a server names for itself, as opposed to the one that follows from its other keys.
struct DeclaredTransport: Equatable {
    /// The words for it.
    enum Kind: String, Sendable, CaseIterable {
        case stdio
        case sse
        case streamableHTTP = "streamable-http"
    }

    /// Other spellings that are understood.
    static let aliases: [String: Kind] = [
        "http": .streamableHTTP, "streamable_http": .streamableHTTP, "streamableHttp": .streamableHTTP,
        "streamablehttp": .streamableHTTP, "streamable": .streamableHTTP, "http-stream": .streamableHTTP,
        "http_stream": .streamableHTTP, "httpStream": .streamableHTTP, "httpstream": .streamableHTTP,
        "http-first": .streamableHTTP, "HTTP": .streamableHTTP, "SSE": .sse, "http+sse": .sse, "STDIO": .stdio,
        "local": .stdio,
    ]

    /// Those that the documentation of other clients has under `type`.
    static let ofOtherClients = ["http", "streamableHttp"]

    /// The transport.
    var kind: Kind
    /// Where it is named.
    var position: SourcePosition
    /// The key that names it.
    var path: ConfigurationPath
    /// Whether it decides even if `command` says otherwise, as in version 1 of the format.
    var isBinding = false

    /// What a server of version 2 says under `transportType`, or under `type` as other clients write it.
    static func read(in reader: ObjectReader, _ context: inout ConversionContext) -> DeclaredTransport? {
        let declared = read("transportType", in: reader, &context)
        let alias = read("type", quiet: ofOtherClients, in: reader, &context)
        if let declared, let alias, declared.kind != alias.kind {
            context.reportWithoutEffect(
                "the key has no effect, because transportType says otherwise", at: alias.position, alias.path,
                write: "Remove it")
        }
        return declared ?? alias
    }

    /// What a key says.
    ///
    /// - Parameter quiet: The other spellings that are as good as the proxy's own.
    static func read(
        _ key: String, quiet: [String] = [], in reader: ObjectReader, _ context: inout ConversionContext
    ) -> DeclaredTransport? {
        guard let node = reader.node(key), node.value != .string("") else { return nil }
        let kind = reader.choice(key, of: Kind.self, aliases: aliases, quietAliases: quiet, &context)
        return kind.map { DeclaredTransport(kind: $0, position: node.position, path: reader.path(key)) }
    }
}

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
        for key in ["command", "cwd"] where reader.node(key)?.holdsFile == true {
            context.error(
                "what a file says cannot stand here: it is shown", at: reader.node(key)?.position, reader.path(key),
                write: "Write it itself, or put the secret into args, env or headers")
        }
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
