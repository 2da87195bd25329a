import ArgumentParser
import ProxyConfiguration

/// `mcp-proxy check`: says what is wrong with a configuration without starting anything.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks the configuration and starts nothing."
    )

    @OptionGroup var source: ConfigurationOptions

    func run() async throws {
        let loaded: LoadedConfiguration
        do {
            loaded = try await source.load()
        } catch let error as ConfigurationError {
            Terminal.error(error.description)
            let count = error.problems.count { $0.severity == .error }
            Terminal.error("mcp-proxy: \(count == 1 ? "1 problem" : "\(count) problems") in the configuration")
            throw ExitCode(1)
        }
        for notice in loaded.notices { Terminal.error("notice: \(notice)") }
        for warning in loaded.warnings { Terminal.error(warning.description) }
        let names = loaded.settings.servers.map { server in
            server.displayName + (server.options.disabled ? " (disabled)" : "")
        }
        let list = names.isEmpty ? "no servers" : names.joined(separator: ", ")
        let warnings = loaded.warnings.isEmpty ? "" : ", \(loaded.warnings.count) warning(s)"
        Terminal.print("the configuration is valid\(warnings): \(list)")
    }
}
