import ArgumentParser
import CProxySystem
import Logging
import ProxyConfiguration
import ProxyControl

/// `mcp-proxy stdio`: serves one client over standard input and output, as a server that the client has started.
struct StdioCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stdio",
        abstract: "Serves one client over standard input and output.",
        discussion: """
            With a URL it bridges the client to that server; without one it serves the servers of the configuration: all \
            of them together, a group, or one alone. Client and server may speak different eras of the protocol.
            """
    )

    @Argument(help: ArgumentHelp("The URL of a remote server.", valueName: "url"))
    var url: String?

    @OptionGroup var source: ConfigurationOptions

    @Option(help: ArgumentHelp("One server of the configuration, under its own names.", valueName: "name"))
    var server: String?

    @Option(help: ArgumentHelp("The servers of a group of the configuration.", valueName: "name"))
    var group: String?

    @Option(
        name: .customLong("header"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "A header for the URL, 'Name: value'; may be repeated, and ${NAME} stands for a variable of the environment.",
            valueName: "header"
        )
    )
    var headers: [String] = []

    @Option(help: ArgumentHelp("How the URL is spoken to: sse or streamable-http; found out by default."))
    var transport: String?

    @OptionGroup var stateDirectory: StateDirectoryOptions

    @OptionGroup var sharedPins: SharedPinsOptions

    @OptionGroup var logLevel: LogLevelOptions

    @Flag(help: "Also log what goes well, to standard error, as with --log-level info.")
    var verbose = false

    func validate() throws {
        guard url == nil else {
            guard server == nil, group == nil, source.config == ConfigurationOptions.defaultPath else {
                throw ValidationError("name either a URL, or --config and --server or --group, not both")
            }
            guard !source.insecure, source.httpHeaders.isEmpty, source.httpTimeout == ConfigurationOptions.usualTimeout
            else {
                throw ValidationError(
                    "--http-headers, --http-timeout and --insecure are for a configuration URL; --header is for the URL of a server"
                )
            }
            // What is kept is kept by the name of a server, and a URL has none.
            guard stateDirectory.path == nil, sharedPins.path == nil else {
                throw ValidationError(
                    "--state-dir and --pins go with --config; give the URL a name there, such as {\"mcpServers\": {\"name\": {\"url\": …}}}"
                )
            }
            return
        }
        guard server == nil || group == nil else { throw ValidationError("name either --server or --group, not both") }
        guard headers.isEmpty, transport == nil else { throw ValidationError("--header and --transport go with a URL") }
    }

    func run() async throws {
        let signals = TerminationSignals()
        _ = proxy_raise_descriptor_limit()
        let logger = logLevel.begin(usual: verbose ? .info : .warning)
        do {
            if let url, Self.isName(url) { throw Unselected(words: await wordsOnName(url)) }
            let loaded = try await load()
            for warning in loaded.warnings { logger.warning("\(warning.description)") }
            let (settings, group) = try selected(loaded.settings)
            if group == nil, let reason = settings.servers.first?.cannotStart { throw Unselected(words: reason) }
            let directory = try stateDirectory.open(logger)
            let known = try KnownServers(
                in: directory, pins: try sharedPins.read(),
                grants: try StateDirectoryOptions.grantsForRun(in: directory, logger), logger: logger, hasAPI: false)
            let advice: LoginAdvice =
                url == nil
                ? .client(configuration: source.shownLocation, stateDirectory: stateDirectory.path) : .url
            let status = await StdioRun(settings, group: group, known: known, advice: advice, logger: logger).run(
                until: signals.arrivals)
            if status != 0 { throw ExitCode(status) }
        } catch let error as ConfigurationError {
            Terminal.error(error.description)
            Terminal.error("mcp-proxy: nothing was started; correct this and try again")
            throw ExitCode(1)
        } catch let error as Unselected {
            Terminal.error("mcp-proxy: \(error.words)")
            throw ExitCode(1)
        }
    }

    private func load() async throws -> LoadedConfiguration {
        guard let url else { return try await source.load() }
        return try BridgeConfiguration.load(
            url: url, headers: headers, transport: transport, environment: source.environment
        )
    }

    /// Whether it can only be the name of a server, where a URL is expected.
    private static func isName(_ text: String) -> Bool {
        text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
    }

    /// What to write for a server of the configuration that is here.
    private func wordsOnName(_ name: String) async -> String {
        let words = "\"\(name)\" is no URL; a server of the configuration is named with --server"
        // Where no configuration can be read there is nothing to choose from.
        guard let servers = (try? await source.load())?.settings.servers else { return words }
        return "\(words); there are: \(names(servers.filter { !$0.options.disabled }))"
    }

    private struct Unselected: Error {
        let words: String
    }

    /// The settings with the servers that are meant, and how they are offered together; nil for one alone.
    private func selected(
        _ settings: ProxySettings
    ) throws(Unselected) -> (settings: ProxySettings, group: GroupSettings?) {
        let enabled = settings.servers.filter { !$0.options.disabled }
        var settings = settings
        if let server {
            settings.servers = settings.servers.filter { $0.name.utf8.elementsEqual(server.utf8) }
            guard let found = settings.servers.first else {
                throw Unselected(words: "there is no server \"\(server)\"; there are: \(names(enabled))")
            }
            guard !found.options.disabled else { throw Unselected(words: "the server \"\(server)\" is disabled") }
            return (settings, nil)
        }
        if let group {
            guard let found = settings.groups.first(where: { $0.name.utf8.elementsEqual(group.utf8) }) else {
                let known = settings.groups.isEmpty ? "none" : settings.groups.map(\.name).joined(separator: ", ")
                throw Unselected(words: "there is no group \"\(group)\"; there are: \(known)")
            }
            return (settings, found)
        }
        guard let only = enabled.first else { throw Unselected(words: "the configuration has no server") }
        guard enabled.count == 1 else {
            guard settings.endpoint.isEnabled else {
                throw Unselected(
                    words: "mcpProxy.endpoint is switched off: choose a server with --server: \(names(enabled))")
            }
            return (settings, settings.endpoint)
        }
        settings.servers = [only]
        return (settings, nil)
    }

    private func names(_ servers: [ServerSettings]) -> String {
        servers.isEmpty ? "none" : servers.map(\.displayName).joined(separator: ", ")
    }
}
