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
            CheckCommand.self, StdioCommand.self, ListCommand.self, ToolsCommand.self, CallCommand.self,
            ReadCommand.self, LogsCommand.self, AddCommand.self, RemoveCommand.self, RestartCommand.self,
            EnableCommand.self, DisableCommand.self, ReloadCommand.self, PinsCommand.self, ImportCommand.self,
            ClientConfigCommand.self,
            TokenCommand.self,
            CompletionsCommand.self,
        ]
    )

    @OptionGroup var source: ConfigurationOptions

    @Option(
        name: .customLong("state-dir"),
        help: ArgumentHelp(
            "A directory for what the next start must know: the servers that are added while it runs, which are gone after a restart without it, and which servers ask during calls. It is made where it is missing, and nobody else may write it.",
            valueName: "path")
    )
    var stateDirectory: String?

    @OptionGroup var sharedPins: SharedPinsOptions

    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp("What is logged: debug, info, warn or error, and what is graver.", valueName: "level"))
    var logLevel = LogLevelWord.info

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
        LoggingSystem.bootstrap { [level = logLevel.level] _ in
            var handler = LineLogHandler()
            handler.logLevel = level
            return handler
        }
        let logger = Logger(label: "mcp-proxy")
        let serviceManager = ServiceManager.named(by: logger)
        let configuration: ConfigurationSource
        let loaded: LoadedConfiguration
        let store: ServerStore?
        let groupStore: GroupStore?
        let known: KnownServers
        do {
            configuration = try source.source()
            loaded = try await configuration.load()
            let directory = try stateDirectory.map { path throws(ConfigurationError) in
                try StateDirectory(path, logger: logger)
            }
            store = try directory.map { kept throws(ConfigurationError) in try ServerStore(kept, logger: logger) }
            groupStore = try directory.map { kept throws(ConfigurationError) in try GroupStore(kept, logger: logger) }
            let shared = try sharedPins.path.map(SharedPins.read) ?? [:]
            known = try KnownServers(in: directory, pins: shared, logger: logger)
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
