import MCPValues
import ProxyConfiguration
import ProxyControl
import ToolPins

/// The file of `--pins`, with what a team has approved.
enum SharedPins {
    static func file(_ path: String) -> TextFile { TextFile(path: path, usualName: "pins.lock.json") }

    /// Reads it.
    ///
    /// - Throws: when there is none, or anything in it is wrong: what it says of servers is not to be guessed.
    static func read(_ path: String) throws(ConfigurationError) -> [ByteText: PinRecord] {
        guard let text = try file(path).read() else {
            let problem = ConfigurationProblem(
                severity: .error, source: path, message: "there is no such file",
                suggestion: "Write it with mcp-proxy pins export \(path), or leave out --pins")
            throw ConfigurationError(code: .unreadable, problems: [problem])
        }
        return try KnownPins.shared(text, of: path)
    }
}
