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
    /// The ids of the inputs that the client would ask for, answered or not.
    package var inputs: [String]
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
            unanswered: writer.unanswered, inputs: writer.inputs)
    }
}

/// Writes one entry, member by member.
private struct EntryWriter {
    let found: FoundServer
    /// The server as it is there, in the proxy's words.
    let foreign: ForeignServer
    let placeholders: Placeholders
    var members: [(String, ConfigurationNode)] = []
    var notes: [String] = []
    var unanswered: [String] = []
    var inputs: [String] = []

    /// Members that have been read, or that say nothing the proxy could use.
    private var used: Set<String> = ["type", "transportType"]

    private var entry: ConfigurationNode { foreign.entry }

    init(found: FoundServer, placeholders: Placeholders) {
        self.found = found
        foreign = ForeignServer(found.entry)
        self.placeholders = placeholders
    }

    mutating func write() throws(ConfigurationError) {
        guard entry.members != nil else {
            throw fault("the server is \(entry.kind), not an object", write: #"Write {"command": "program"}"#)
        }
        let kind = try declaredKind()
        let command = try text("command").map(atHome)
        let url = try text("url")
        if let command, kind == nil || url == nil {
            try writeProgram(command)
        } else if let url {
            try writeRemote(url, kind: kind)
        } else if let own = ownKind {
            unanswered.append("what its type \"\(own)\" is")
        } else {
            throw fault(
                "the server has neither a command nor a URL",
                write: #"Write "command" or "url" there, or leave the server out with --except"#)
        }
        writeOptions()
        let dropped = ((entry.members ?? []).filter { !used.contains($0.name) } + foreign.unused)
            .sorted { $0.position < $1.position }.map(\.written)
        if !dropped.isEmpty {
            notes.append("not taken over: \(dropped.joined(separator: ", "))")
        }
    }

    /// The kind of a server that is a part of the client; nil for others.
    private var ownKind: String? {
        guard case .string(let word)? = entry["type"]?.value else { return nil }
        return ["builtin", "platform", "frontend", "inline_python"].contains(word) ? word : nil
    }

    /// The kind of a remote server; nil for a program, and where nothing is said.
    private func declaredKind() throws(ConfigurationError) -> String? {
        guard ownKind == nil else { return nil }
        for key in ["transportType", "type"] {
            guard let node = entry[key], case .string(let word) = node.value else { continue }
            switch word.lowercased().filter({ $0 != "-" && $0 != "_" }) {
            case "stdio", "local", "": return nil
            case "http", "streamablehttp", "streamable", "httpstream", "httpfirst": return "streamable-http"
            case "remote": return nil
            case "sse": return "sse"
            default:
                throw fault(
                    "the transport \"\(ShownText.plain(word))\" is none that the proxy speaks", key: key,
                    at: node.position,
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
            for element in elements where element.value != .null {
                arguments.append(translated(try scalar(element, key: "args")))
            }
            if !arguments.isEmpty { members.append(("args", .list(arguments.map { .text($0) }))) }
        }
        try writeTexts("env")
        let folder = try text("cwd").map(atHome)
        // A client starts the servers of a project in its folder; the proxy runs elsewhere.
        let isRelative = ([command] + arguments).contains { $0.hasPrefix("./") || $0.hasPrefix("../") }
        if let folder {
            members.append(("cwd", .text(absolute(folder))))
        } else if isRelative, let project = found.project {
            members.append(("cwd", .text(project)))
        }
        writeTimes(isRemote: false)
    }

    private mutating func writeRemote(_ url: String, kind: String?) throws(ConfigurationError) {
        members.append(("url", .text(url)))
        if let kind { members.append(("transportType", .text(kind))) }
        try writeTexts("headers")
        try writeCodexHeaders()
        writeTimes(isRemote: true)
    }

    /// The headers of Codex whose values are in variables.
    private mutating func writeCodexHeaders() throws(ConfigurationError) {
        guard found.place.client == .codex else { return }
        var fields: [(String, ConfigurationNode)] = []
        if let node = takeNode("bearer_token_env_var") {
            fields.append(("Authorization", .text("Bearer ${\(try scalar(node, key: "bearer_token_env_var"))}")))
        }
        for member in takeNode("env_http_headers")?.members ?? [] {
            fields.append((member.name, .text("${\(try scalar(member.value, key: "env_http_headers"))}")))
        }
        guard !fields.isEmpty else { return }
        let index = members.firstIndex { $0.0 == "headers" }
        let written = index.flatMap { members[$0].1.members }?.map { ($0.name, $0.value) } ?? []
        let headers = ("headers", ConfigurationNode.object(written + fields))
        if let index { members[index] = headers } else { members.append(headers) }
    }

    /// How long the server may take, which every program counts in a unit of its own.
    private mutating func writeTimes(isRemote: Bool) {
        for time in foreign.times {
            used.insert(time.key)
            members.append((time.key, .text(time.time)))
            notes.append(time.words)
        }
        let unit = found.place.client == nil ? .either : found.place.client?.timeoutUnit
        guard let unit, let node = entry["timeout"], !members.contains(where: { $0.0 == "callTimeout" }),
            let time = ForeignTime(
                node, written: "timeout", unit: unit, for: isRemote ? "timeout" : "callTimeout", least: .seconds(1))
        else { return }
        used.insert("timeout")
        members.append((time.key, .text(time.time)))
        notes.append(time.words)
    }

    /// The proxy's own keys where the file may be one of the proxy's, and what other clients say about use.
    private mutating func writeOptions() {
        var options: [(String, ConfigurationNode)] = []
        if found.place.client == nil {
            for key in ["isolation", "protocol", "cacheTTL", "cacheScope", "pin", "startTimeout", "callTimeout"]
            where !members.contains(where: { $0.0 == key }) {
                if let node = takeNode(key) { members.append((key, node)) }
            }
            // What a number counts is told where the rest of a remote server is.
            if let node = entry["timeout"], case .string = node.value {
                used.insert("timeout")
                members.append(("timeout", node))
            }
            options = (takeNode("options")?.members ?? []).map { ($0.name, $0.value) }
        } else if let filter = entry["options"]?["toolFilter"] {
            used.insert("options")
            options = [("toolFilter", filter)]
        }
        let isOff = takeNode("disabled").map { saysYes($0) ?? true } ?? false
        let isOn = takeNode("enabled").map { saysYes($0) ?? false } ?? true
        if isOff || !isOn || found.isDisabled {
            options.removeAll { $0.0 == "disabled" }
            options.append(("disabled", .init(.bool(true), at: .start)))
            notes.append("disabled, as it is there")
        }
        if !options.isEmpty { members.append(("options", .object(options))) }
    }

    /// Whether a truth value is yes; one that cannot be read keeps a server from being started.
    private func saysYes(_ node: ConfigurationNode) -> Bool? {
        switch node.value {
        case .bool(let value): value
        case .string(let text): BooleanText.parse(text)
        case .number(let text): text != "0"
        case .null, .array, .object: nil
        }
    }

    // MARK: Values

    private mutating func takeNode(_ key: String) -> ConfigurationNode? {
        used.insert(key)
        guard let node = entry[key], node.value != .null else { return nil }
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
        for input in outcome.inputs where !inputs.contains(input) { inputs.append(input) }
        for variable in outcome.defaulted { notes.append("the default of ${\(variable)} was put in") }
        return outcome.text
    }

    /// No shell is there to replace a `~`.
    private func atHome(_ path: String) -> String {
        path == "~" || path.hasPrefix("~/") ? Placeholders.escaped(placeholders.home) + path.dropFirst() : path
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
