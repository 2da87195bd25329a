import ArgumentParser
import Logging
import MCPCore

/// What is logged, and how. A group of its own, so that a command and its subcommands take it alike.
struct LogLevelOptions: ParsableArguments {
    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp("What is logged: debug, info, warn or error, and what is graver.", valueName: "level"))
    var word: LogLevelWord?

    @Option(
        name: .customLong("log-format"),
        help: ArgumentHelp(
            "How it is written: text, or json for one object a line (default: $\(LogFormat.variable), else text).",
            valueName: "format"))
    var format: LogFormat?

    func validate() throws {
        guard let name = Self.formatOfEnvironment, LogFormat(argument: name) == nil else { return }
        throw ValidationError("\(LogFormat.variable) is \"\(PrintableText.make(name))\"; write text or json")
    }

    static var formatOfEnvironment: String? {
        let name = EnvironmentVariable.value(of: LogFormat.variable)
        return name?.isEmpty == true ? nil : name
    }

    /// Has lines of this level, and of graver ones, written to standard error from now on.
    ///
    /// - Parameter usual: The level where none was given.
    func begin(usual: Logger.Level) -> Logger {
        let level = word?.level ?? usual
        let format = format ?? Self.formatOfEnvironment.flatMap(LogFormat.init(argument:)) ?? .text
        LoggingSystem.bootstrap { _ in
            var handler = LineLogHandler(format)
            handler.logLevel = level
            return handler
        }
        return Logger(label: "mcp-proxy")
    }
}
