import ArgumentParser

/// How lines of the log are written.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    /// Time, level, message, facts, for people.
    case text
    /// An object of JSON for each line, for programs.
    case json

    /// The environment variable that says which, where the command line does not.
    static let variable = "MCP_PROXY_LOG_FORMAT"
}
