import ArgumentParser
import Logging

/// What is logged. A group of its own, so that a command and its subcommands take it alike.
struct LogLevelOptions: ParsableArguments {
    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp("What is logged: debug, info, warn or error, and what is graver.", valueName: "level"))
    var word: LogLevelWord?

    /// Has lines of this level, and of graver ones, written to standard error from now on.
    ///
    /// - Parameter usual: The level where none was given.
    func begin(usual: Logger.Level) -> Logger {
        let level = word?.level ?? usual
        LoggingSystem.bootstrap { _ in
            var handler = LineLogHandler()
            handler.logLevel = level
            return handler
        }
        return Logger(label: "mcp-proxy")
    }
}
