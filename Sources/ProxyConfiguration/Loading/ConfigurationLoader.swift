/// Turns the text of a configuration into checked settings. Everything here is pure: no file is read, nothing is sent.
package enum ConfigurationLoader {
    /// The largest text.
    package static let maximumBytes = 16 << 20

    /// Reads a configuration.
    ///
    /// The steps are: read the text into a tree, put environment variables into the tree's values, look for names given
    /// twice, then turn the tree into settings.
    ///
    /// - Parameters:
    ///   - text: The text in UTF-8; a byte order mark is allowed.
    ///   - source: The name of the file or the URL, for messages; what may be secret in a URL is left out of them.
    ///   - format: The format of the text.
    ///   - environment: The environment variables to expand, or nil to leave dollar signs alone.
    /// - Throws: ``ConfigurationError`` with every problem of the text.
    package static func load(
        text: [UInt8], source: String, format: ConfigurationFormat, environment: [String: String]?
    ) throws(ConfigurationError) -> LoadedConfiguration {
        var context = ConversionContext(source: RemoteConfigurationRequest.display(source), format: format)
        var document = try read(text, format, context.source)
        if let environment {
            document = EnvironmentExpansion(environment: environment).expand(document, at: .root, &context)
        }
        DuplicateKeys.check(document, at: .root, &context)
        let settings = ProxyConversion.settings(in: document, &context)
        guard !context.hasErrors else { throw ConfigurationError(code: .invalid, problems: context.problems) }
        return LoadedConfiguration(settings: settings, warnings: context.problems, notices: context.notices)
    }

    /// Reads one server, as the management interface receives it: an object such as one under `mcpServers`.
    ///
    /// Environment variables are not expanded here. The text comes from a client, and the environment is the proxy's.
    ///
    /// - Parameters:
    ///   - name: What the server is to be called.
    ///   - text: The object, as JSON in UTF-8.
    ///   - source: What messages call the text.
    ///   - defaults: The options that hold where the text has none: `mcpProxy.options`.
    ///   - existing: The names of the servers there are, other than one to be replaced.
    /// - Throws: ``ConfigurationError`` with every problem of the text or the name.
    package static func loadServer(
        named name: String, text: [UInt8], source: String, defaults: ServerOptions, existing: [String]
    ) throws(ConfigurationError) -> LoadedServer {
        var context = ConversionContext(source: source, format: .json)
        let document = try read(text, .json, source)
        DuplicateKeys.check(document, at: .root, &context)
        ServerConversion.checkName(name, others: existing, at: nil, ConfigurationPath("name"), &context)
        let settings = ServerConversion.server(named: name, document, at: .root, defaults: defaults, &context)
        guard let settings, !context.hasErrors else {
            throw ConfigurationError(code: .invalid, problems: context.problems)
        }
        return LoadedServer(settings: settings, warnings: context.problems)
    }

    /// Reads the text into a tree, in which nothing is checked or expanded.
    ///
    /// - Throws: ``ConfigurationError`` with the first place that breaks the grammar.
    package static func read(
        _ text: [UInt8], _ format: ConfigurationFormat, _ source: String
    ) throws(ConfigurationError) -> ConfigurationNode {
        let isWide = text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF])
        guard text.count <= maximumBytes, !isWide else {
            let message = isWide ? "the file is in UTF-16" : "the file has more than \(maximumBytes >> 20) MiB"
            let problem = ConfigurationProblem(
                severity: .error, source: source, message: message, suggestion: isWide ? "Save it as UTF-8" : nil)
            throw ConfigurationError(code: .unreadable, problems: [problem])
        }
        let bytes = text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text
        do {
            return switch format {
            case .json: try JSONDocumentReader.read(bytes)
            case .yaml: try YAMLDocumentReader.read(bytes)
            }
        } catch {
            let problem = ConfigurationProblem(
                severity: .error, source: source, position: error.position, message: error.message,
                suggestion: error.suggestion)
            throw ConfigurationError(code: .syntax, problems: [problem])
        }
    }
}
