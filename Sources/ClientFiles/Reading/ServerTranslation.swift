package import ProxyConfiguration

/// A server as the proxy's configuration is to have it.
package struct TranslatedServer: Sendable, Equatable {
    package var name: String
    /// Where it comes from.
    package var found: FoundServer
    /// The object under `mcpServers`.
    package var entry: ConfigurationNode
    /// What its user should know.
    package var notes: [String]
    /// What has to be filled in before it can be used, as the client's file has it.
    package var unanswered: [String]
}

/// Turns a client's entry into one of the proxy.
package struct ServerTranslation: Sendable {
    package var environment: [String: String]
    package var home: String
    /// Answers for `${input:…}`.
    package var answers: [String: String]

    /// A translation for one user.
    package init(environment: [String: String], home: String, answers: [String: String]) {
        self.environment = environment
        self.home = home
        self.answers = answers
    }

    /// The server as the proxy is to have it.
    ///
    /// - Throws: ``ConfigurationError`` if it cannot be used.
    package func translate(_ found: FoundServer) throws(ConfigurationError) -> TranslatedServer {
        let placeholders = Placeholders(
            client: found.place.client, environment: environment, home: home, project: found.project, answers: answers)
        var writer = EntryWriter(found: found, placeholders: placeholders)
        try writer.write()
        return TranslatedServer(
            name: found.name, found: found, entry: .object(writer.members), notes: writer.notes,
            unanswered: writer.unanswered)
    }
}

/// Writes one entry, member by member.
private struct EntryWriter {
    let found: FoundServer
    let placeholders: Placeholders
    var members: [(String, ConfigurationNode)] = []
    var notes: [String] = []
    var unanswered: [String] = []

    /// Members that have been read, or that say nothing the proxy could use.
    private var used: Set<String> = ["type", "transport", "transportType"]

    init(found: FoundServer, placeholders: Placeholders) {
        self.found = found
        self.placeholders = placeholders
    }

    mutating func write() throws(ConfigurationError) {
        guard found.entry.members != nil else {
            throw fault("the server is \(found.entry.kind), not an object", write: #"Write {"command": "program"}"#)
        }
        let kind = try declaredKind()
        let command = try text("command")
        var url: String?
        for key in ["url", "serverUrl", "httpUrl"] where url == nil { url = try text(key) }
        if let command, kind == nil || url == nil {
            try writeProgram(command)
        } else if let url {
            try writeRemote(url, kind: kind)
        } else {
            throw fault(
                "the server has neither a command nor a URL",
                write: #"Write "command" or "url" there, or leave the server out with --except"#)
        }
        writeOptions()
        let dropped = (found.entry.members ?? []).map(\.name).filter { !used.contains($0) }
        if !dropped.isEmpty {
            notes.append("not taken over: \(dropped.joined(separator: ", "))")
        }
    }

    /// The kind of a remote server; nil for a program, and where nothing is said.
    private func declaredKind() throws(ConfigurationError) -> String? {
        for key in ["transportType", "type", "transport"] {
            guard let node = found.entry[key], case .string(let word) = node.value else { continue }
            switch word.lowercased().filter({ $0 != "-" && $0 != "_" }) {
            case "stdio", "local", "": return nil
            case "http", "streamablehttp", "remote": return "streamable-http"
            case "sse": return "sse"
            default:
                throw fault(
                    "the transport is none that the proxy speaks", key: key, at: node.position,
                    write: #"Write one of "stdio", "http", "sse", or leave the server out with --except"#)
            }
        }
        return nil
    }

    private mutating func writeProgram(_ command: String) throws(ConfigurationError) {
        members.append(("command", .text(command)))
        var arguments: [String] = []
        if let node = takeNode("args") {
            guard case .array(let elements) = node.value else {
                throw fault("a list is expected, not \(node.kind)", key: "args", at: node.position)
            }
            for element in elements { arguments.append(translated(try scalar(element, key: "args"))) }
            if !arguments.isEmpty { members.append(("args", .list(arguments.map { .text($0) }))) }
        }
        try writeTexts("env")
        let folder = try text("cwd")
        // A client starts the servers of a project in its folder; the proxy runs elsewhere.
        let isRelative = ([command] + arguments).contains { $0.hasPrefix("./") || $0.hasPrefix("../") }
        if let folder {
            members.append(("cwd", .text(absolute(folder))))
        } else if isRelative, let project = found.project {
            members.append(("cwd", .text(project)))
        }
    }

    private mutating func writeRemote(_ url: String, kind: String?) throws(ConfigurationError) {
        members.append(("url", .text(url)))
        if let kind { members.append(("transportType", .text(kind))) }
        try writeTexts("headers")
    }

    /// The proxy's own keys where the file may be one of the proxy's, and what other clients say about use.
    private mutating func writeOptions() {
        var options: [(String, ConfigurationNode)] = []
        if found.place.client == nil {
            for key in ["isolation", "protocol", "cacheTTL", "cacheScope"] {
                if let node = takeNode(key) { members.append((key, node)) }
            }
            // A bare number counts different units in different programs.
            if let node = found.entry["timeout"], case .string = node.value {
                used.insert("timeout")
                members.append(("timeout", node))
            }
            options = (takeNode("options")?.members ?? []).map { ($0.name, $0.value) }
        }
        let isOff = takeNode("disabled")?.value == .bool(true)
        let isOn = takeNode("enabled")?.value != .bool(false)
        if isOff || !isOn || found.isDisabled, !options.contains(where: { $0.0 == "disabled" }) {
            options.append(("disabled", .init(.bool(true), at: .start)))
            notes.append("disabled, as it is there")
        }
        if let node = takeNode("disabledTools"), case .array(let tools) = node.value, !tools.isEmpty,
            !options.contains(where: { $0.0 == "toolFilter" })
        {
            options.append(("toolFilter", .object([("mode", .text("block")), ("list", node)])))
        }
        if !options.isEmpty { members.append(("options", .object(options))) }
    }

    // MARK: Values

    private mutating func takeNode(_ key: String) -> ConfigurationNode? {
        used.insert(key)
        guard let node = found.entry[key], node.value != .null else { return nil }
        return node
    }

    /// A text that is there and not empty.
    private mutating func text(_ key: String) throws(ConfigurationError) -> String? {
        guard let node = takeNode(key) else { return nil }
        let text = translated(try scalar(node, key: key))
        return text.isEmpty ? nil : text
    }

    private mutating func writeTexts(_ key: String) throws(ConfigurationError) {
        guard let node = takeNode(key) else { return }
        guard let values = node.members else {
            throw fault("an object is expected, not \(node.kind)", key: key, at: node.position)
        }
        var written: [(String, ConfigurationNode)] = []
        for member in values where member.value.value != .null {
            written.append((translated(member.name), .text(translated(try scalar(member.value, key: key)))))
        }
        if !written.isEmpty { members.append((key, .object(written))) }
    }

    private func scalar(_ node: ConfigurationNode, key: String) throws(ConfigurationError) -> String {
        switch node.value {
        case .string(let text), .number(let text): return text
        case .bool(let value): return value ? "true" : "false"
        case .null, .array, .object:
            throw fault("a text is expected, not \(node.kind)", key: key, at: node.position)
        }
    }

    private mutating func translated(_ text: String) -> String {
        let outcome = placeholders.translate(text)
        for placeholder in outcome.unanswered where !unanswered.contains(placeholder) { unanswered.append(placeholder) }
        for variable in outcome.defaulted { notes.append("the default of ${\(variable)} was put in") }
        return outcome.text
    }

    private func absolute(_ folder: String) -> String {
        guard let project = found.project, !folder.hasPrefix("/"), !folder.hasPrefix("$") else { return folder }
        return folder == "." ? project : "\(project)/\(folder)"
    }

    private func fault(
        _ message: String, key: String? = nil, at position: SourcePosition? = nil, write suggestion: String? = nil
    ) -> ConfigurationError {
        let name = ShownText.name(found.name)
        let problem = ConfigurationProblem(
            severity: .error, source: found.place.path, keyPath: key.map { "\(name).\($0)" } ?? name,
            position: position ?? found.position, message: message,
            suggestion: suggestion ?? "Correct it there, or leave the server out with --except")
        return ConfigurationError(code: .invalid, problems: [problem])
    }
}
