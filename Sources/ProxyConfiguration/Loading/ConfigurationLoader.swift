/// Turns the text of a configuration into checked settings. Everything here is pure: nothing is sent, and files are read
/// only by what is handed in.
package enum ConfigurationLoader {
    /// The largest text.
    package static let maximumBytes = 16 << 20
    /// The largest text of one server that comes over the API.
    package static let maximumServerBytes = 256 << 10

    /// Reads a configuration.
    ///
    /// The steps are: read the text into a tree, put the words of other programs into the proxy's own, put environment
    /// variables into the tree's values, look for names given twice, then turn the tree into settings.
    ///
    /// - Parameters:
    ///   - text: The text in UTF-8; a byte order mark is allowed.
    ///   - source: The name of the file or the URL, for messages; what may be secret in a URL is left out of them.
    ///   - format: The format of the text.
    ///   - environment: The environment variables to expand, or nil to leave dollar signs alone.
    ///   - files: What reads the files with secrets that the configuration names.
    ///   - secrets: What reads the files of `${file:…}`, which are left alone with the dollar signs.
    /// - Throws: ``ConfigurationError`` with every problem of the text.
    package static func load(
        text: [UInt8], source: String, format: ConfigurationFormat, environment: [String: String]?,
        files: NamedFiles = .none, secrets: SecretFiles = .none(because: "is not read here")
    ) throws(ConfigurationError) -> LoadedConfiguration {
        var context = ConversionContext(
            source: RemoteConfigurationRequest.display(source), format: format,
            expandsVariables: environment != nil, files: files)
        var document = try read(text, format, context.source, takesReferences: environment != nil)
        try OtherPrograms.refuseFile(document, format, context.source)
        document = DocumentSlips.corrected(document, &context)
        document = OtherPrograms.translated(document, &context)
        if let environment {
            document = EnvironmentExpansion(environment: environment, files: secrets)
                .expand(document, at: .root, &context)
        }
        DuplicateKeys.check(document, at: .root, &context)
        var settings = ProxyConversion.settings(in: document, &context)
        for index in settings.servers.indices { settings.servers[index].provenance = .operatorsOwn }
        guard !context.hasErrors else { throw ConfigurationError(code: .invalid, problems: context.problems) }
        return LoadedConfiguration(
            settings: settings, warnings: context.problems, notices: context.notices,
            shown: ShownDocument(document).values)
    }

    /// Reads one server that a client of the API describes: an object such as one under `mcpServers`, or one with the
    /// keys `template`, `parameters` and `options`.
    ///
    /// The text comes from a client, so what the file tolerates with a warning is refused: unknown keys, keys in another
    /// case and keys without effect. Environment variables are not expanded, since the environment is the proxy's.
    /// Whether the caller may start a program at all is not decided here; ``ServerTransport/startsProcess`` and
    /// ``LoadedServer/usesTemplate`` say what that is to be decided about.
    ///
    /// - Parameters:
    ///   - name: What the server is to be called.
    ///   - text: The object, as JSON in UTF-8.
    ///   - source: What messages call the text.
    ///   - proxy: The settings in force. Its options hold where the text has none.
    ///   - existing: The names of the servers there are, other than one to be replaced.
    ///   - added: Those of them that are not in the settings, as far as they are known, for the sake of their prefixes.
    /// - Throws: ``ConfigurationError`` with every problem of the text or the name.
    package static func loadServer(
        named name: String, text: [UInt8], source: String, proxy: ProxySettings, existing: [String],
        added: [ServerSettings] = []
    ) throws(ConfigurationError) -> LoadedServer {
        var context = ConversionContext(source: source, format: .json, isStrict: true)
        let document = try read(
            text, .json, source, maximumBytes: maximumServerBytes, takesReferences: false)
        DuplicateKeys.check(document, at: .root, &context)
        FileReferences.refuse(in: document, at: .root, &context)
        DynamicServerConversion.checkName(name, existing: existing, groups: proxy.groups.map(\.name), &context)
        let loaded = DynamicServerConversion.server(named: name, document, proxy: proxy, &context)
        if let loaded {
            PrefixConversion.check(
                loaded.settings, against: others(existing, of: proxy.servers + added),
                at: document["prefix"]?.position, ConfigurationPath("prefix"), &context)
        }
        if let loaded {
            ClientConversion.checkTokens(
                loaded.settings.options.authTokens, at: document["options"]?.position, proxy, &context)
        }
        guard var loaded, !context.hasErrors else {
            throw ConfigurationError(code: .invalid, problems: context.problems)
        }
        loaded.warnings = context.problems
        return loaded
    }

    /// The servers with these names; of one that is not known only its name is.
    private static func others(_ names: [String], of known: [ServerSettings]) -> [ServerSettings] {
        names.map { name in known.last { $0.name == name } ?? ServerSettings(name: name, transport: .unknown) }
    }

    /// Reads one group that a client of the API describes: an object such as one under `mcpProxy.groups`.
    ///
    /// The text is read as strictly as that of a server, see ``loadServer(named:text:source:proxy:existing:added:)``. Nothing is
    /// inherited but whether requests are logged: a group without tokens has none of its own, and those of its servers
    /// open it.
    ///
    /// - Parameters:
    ///   - name: What the group is to be called.
    ///   - text: The object, as JSON in UTF-8.
    ///   - source: What messages call the text.
    ///   - proxy: The settings in force.
    ///   - servers: The names of all servers there are.
    /// - Throws: ``ConfigurationError`` with every problem of the text or the name.
    package static func loadGroup(
        named name: String, text: [UInt8], source: String, proxy: ProxySettings, servers: [String]
    ) throws(ConfigurationError) -> LoadedGroup {
        var context = ConversionContext(source: source, format: .json, isStrict: true)
        let document = try read(
            text, .json, source, maximumBytes: maximumServerBytes, takesReferences: false)
        DuplicateKeys.check(document, at: .root, &context)
        FileReferences.refuse(in: document, at: .root, &context)
        GroupConversion.checkDynamicName(name, servers: servers, &context)
        var group = GroupSettings(name: name)
        group.logEnabled = proxy.options.logEnabled
        if let reader = ObjectReader(document, scope: .group, path: .root, &context) {
            GroupConversion.fill(&group, from: reader, servers: servers, &context)
            ClientConversion.checkTokens(
                group.authTokens ?? [], at: document["options"]?.position, proxy, &context)
        }
        guard !context.hasErrors else { throw ConfigurationError(code: .invalid, problems: context.problems) }
        return LoadedGroup(settings: group, warnings: context.problems)
    }

    /// Reads the text into a tree, in which nothing is checked or expanded.
    ///
    /// - Parameter takesReferences: Whether `${NAME}` may stand in the place of a value in JSON.
    /// - Throws: ``ConfigurationError`` with the first place that breaks the grammar.
    package static func read(
        _ text: [UInt8], _ format: ConfigurationFormat, _ source: String, maximumBytes: Int = maximumBytes,
        takesReferences: Bool = true
    ) throws(ConfigurationError) -> ConfigurationNode {
        let isWide = text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF])
        guard text.count <= maximumBytes, !isWide else {
            let message =
                isWide ? "the text is in UTF-16" : "the text has more than \(ByteSizeText.format(maximumBytes))"
            let problem = ConfigurationProblem(
                severity: .error, source: source, message: message, suggestion: isWide ? "Save it as UTF-8" : nil)
            throw ConfigurationError(code: .unreadable, problems: [problem])
        }
        let bytes = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
        do {
            return switch format {
            case .json: try JSONDocumentReader.read(bytes, takesReferences: takesReferences)
            case .yaml: try YAMLDocumentReader.read(bytes)
            case .toml: try TOMLDocumentReader.read(bytes)
            }
        } catch {
            let problem = ConfigurationProblem(
                severity: .error, source: source, position: error.position, message: error.message,
                suggestion: error.suggestion)
            throw ConfigurationError(code: .syntax, problems: [problem])
        }
    }
}

/// Settings, and what there is to say about the text they were read from.
package struct LoadedConfiguration: Sendable, Equatable {
    /// The settings.
    package var settings: ProxySettings
    /// What is questionable, in the order of the text.
    package var warnings: [ConfigurationProblem]
    /// Sentences for the operator about the file as a whole.
    package var notices: [String]
    /// What counts by it, without secrets.
    package var shown: [ShownValue]

    /// A result of loading.
    package init(
        settings: ProxySettings, warnings: [ConfigurationProblem] = [], notices: [String] = [],
        shown: [ShownValue] = []
    ) {
        self.settings = settings
        self.warnings = warnings
        self.notices = notices
        self.shown = shown
    }
}

/// The settings of one server, and what there is to say about the text they were read from.
package struct LoadedServer: Sendable, Equatable {
    /// The settings.
    package var settings: ServerSettings
    /// What is questionable, in the order of the text.
    package var warnings: [ConfigurationProblem]
    /// The name of the operator's template that the server was made from, if it was.
    package var template: String?

    /// A result of loading.
    package init(settings: ServerSettings, warnings: [ConfigurationProblem] = [], template: String? = nil) {
        self.settings = settings
        self.warnings = warnings
        self.template = template
    }

    /// Whether the server was made from a template, so that its command is the operator's.
    package var usesTemplate: Bool { template != nil }
}

/// The settings of one group, and what there is to say about the text they were read from.
package struct LoadedGroup: Sendable, Equatable {
    /// The settings.
    package var settings: GroupSettings
    /// What is questionable, in the order of the text.
    package var warnings: [ConfigurationProblem]
}

/// Finds names given twice in one object, after environment variables were put into them.
enum DuplicateKeys {
    /// Reports every name given twice, at its later place.
    static func check(_ node: ConfigurationNode, at path: ConfigurationPath, _ context: inout ConversionContext) {
        switch node.value {
        case .null, .bool, .number, .string:
            break
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                check(element, at: path.appending(index: index), &context)
            }
        case .object(let members):
            var first: [String: SourcePosition] = [:]
            for member in members {
                let memberPath = path.appending(member.written)
                if let position = first[member.name] {
                    // Also where only the spelling differs (`é` in one or two characters): people would take them for one.
                    context.error(
                        "the key is given twice; the first is at \(position)", at: member.position, memberPath,
                        write: "Keep one of the two")
                }
                first[member.name] = first[member.name] ?? member.position
                check(member.value, at: memberPath, &context)
            }
        }
    }
}
