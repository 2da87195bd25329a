import ArgumentParser
import MCPValues
import ProxyConfiguration
import ToolPins

/// The file with what a team has approved. A group of its own, so that a command and its subcommands take it alike.
struct SharedPinsOptions: ParsableArguments {
    @Option(
        name: .customLong("pins"),
        help: ArgumentHelp(
            "A file of what was approved of tools and prompts, as mcp-proxy pins export writes it. It is read at the start only, and of the servers in it nothing else counts then.",
            valueName: "path"),
        completion: .file())
    var path: String?

    /// What the file says; nothing where none was named.
    ///
    /// - Throws: when there is no such file, or anything in it is wrong.
    func read() throws(ConfigurationError) -> [ByteText: PinRecord] {
        guard let path else { return [:] }
        return try SharedPins.read(path)
    }
}
