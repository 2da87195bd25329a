import ArgumentParser
import CProxySystem
import Logging
import ProxyConfiguration

/// `mcp-proxy`: serves the configuration until it is told to end.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp-proxy",
        abstract: "Puts many MCP servers behind one HTTP server.",
        discussion: "Options may be written with one dash or two.",
        version: programVersion,
        subcommands: [
            CheckCommand.self, StdioCommand.self, ImportCommand.self, ClientConfigCommand.self, TokenCommand.self,
            CompletionsCommand.self,
        ]
    )

    @OptionGroup var source: ConfigurationOptions

    func run() async throws {
        let signals = TerminationSignals()
        let descriptors = Int(clamping: proxy_raise_descriptor_limit())
        LoggingSystem.bootstrap { _ in LineLogHandler() }
        let logger = Logger(label: "mcp-proxy")
        let loaded: LoadedConfiguration
        do {
            loaded = try await source.load()
        } catch let error as ConfigurationError {
            Terminal.error(error.description)
            Terminal.error("mcp-proxy: nothing was started; correct the configuration and try again")
            throw ExitCode(1)
        }
        for notice in loaded.notices { logger.notice("\(notice)") }
        for warning in loaded.warnings { logger.warning("\(warning.description)") }
        let status = await ProxyRun(DescriptorBudget.apply(descriptors, to: loaded.settings, logger), logger: logger)
            .run(until: signals.arrivals)
        if status != 0 { throw ExitCode(status) }
    }
}
