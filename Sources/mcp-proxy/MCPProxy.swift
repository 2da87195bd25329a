import ArgumentParser
import MCPUpstream

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The program. It has a second role, standing guard over a server's processes, which is decided before anything
/// else so that a guard stays small.
@main
enum MCPProxy {
    static func main() async {
        if let status = GuardProcess.runIfAsked() { exit(status) }
        let arguments = GoStyleArguments.normalized(Array(CommandLine.arguments.dropFirst()))
        await RootCommand.main(arguments)
    }
}

/// What follows `mcp-proxy` on the command line.
struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp-proxy",
        abstract: "Puts many MCP servers behind one HTTP server.",
        discussion: """
            Without a subcommand it serves the configuration file. Options may be written with one dash or two.
            """,
        version: programVersion,
        subcommands: [ServeCommand.self, CheckCommand.self],
        defaultSubcommand: ServeCommand.self
    )
}
