import ArgumentParser
import CProxySystem
import Logging
import ProxyConfiguration
import ProxyControl

/// `mcp-proxy`: serves the configuration until it is told to end.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp-proxy",
        abstract: "Puts many MCP servers behind one HTTP server.",
        discussion: "Options may be written with one dash or two.",
        version: ProgramVersion.text,
        subcommands: [
            CheckCommand.self, StdioCommand.self, AccessCommand.self, ListCommand.self, TopCommand.self,
            ToolsCommand.self, CallCommand.self,
            ReadCommand.self, LogsCommand.self, AddCommand.self, RemoveCommand.self, RestartCommand.self,
            LoginCommand.self, LogoutCommand.self, EnableCommand.self, DisableCommand.self, ReloadCommand.self,
            PinsCommand.self, ImportCommand.self,
            ClientConfigCommand.self,
            TokenCommand.self,
            AuditCommand.self, RecordCommand.self, ReplayCommand.self, CompletionsCommand.self,
        ]
    )

    @OptionGroup var source: ConfigurationOptions

    @OptionGroup var stateDirectory: StateDirectoryOptions

    @OptionGroup var sharedPins: SharedPinsOptions

    @OptionGroup var logLevel: LogLevelOptions

    /// For the help alone: ``GoStyleArguments`` makes the subcommand of it.
    @Option(
        name: .customLong("check-config"),
        help: ArgumentHelp(
            "Says what is wrong with the configuration and starts nothing, as the subcommand check does, which this stands for.",
            valueName: "true or false"))
    var checksConfiguration = false

    func run() async throws {
        let signals = TerminationSignals(countsHangups: true)
        let descriptors = Int(clamping: proxy_raise_descriptor_limit())
        let logger = logLevel.begin(usual: .info)
        let serviceManager = ServiceManager.named(by: logger)
        var configuration: ConfigurationSource
        let loaded: LoadedConfiguration
        let store: ServerStore?
        let groupStore: GroupStore?
        let known: KnownServers
        do {
            configuration = try source.source()
            configuration.options = shownOptions
            loaded = try await configuration.load()
            let directory = try stateDirectory.open(logger)
            store = try directory.map { kept throws(ConfigurationError) in try ServerStore(kept, logger: logger) }
            groupStore = try directory.map { kept throws(ConfigurationError) in try GroupStore(kept, logger: logger) }
            known = try KnownServers(
                in: directory, pins: try sharedPins.read(), isAskedWho: loaded.settings.asksEverybody,
                grants: try StateDirectoryOptions.grantsForRun(in: directory, logger), logger: logger)
        } catch {
            Terminal.error(error.description)
            Terminal.error("mcp-proxy: nothing was started; correct the configuration and try again")
            throw ExitCode(1)
        }
        for notice in loaded.notices { logger.notice("\(notice)") }
        for warning in loaded.warnings { logger.warning("\(warning.description)") }
        let status = await ProxyRun(
            loaded.settings, from: configuration, store: store, groupStore: groupStore, known: known,
            descriptors: descriptors,
            serviceManager: serviceManager, logger: logger
        ).run(until: signals)
        if status != 0 { throw ExitCode(status) }
    }
}
