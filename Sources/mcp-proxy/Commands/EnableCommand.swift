import ArgumentParser
import MCPUpstream

/// `mcp-proxy enable`: starts a server of a running proxy that is disabled.
struct EnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Starts a server of a running proxy that is disabled.",
        discussion: "This holds until the configuration is read again and says something else of the server.")

    @OptionGroup var server: OneServerOptions

    func run() async throws {
        try await server.change(.post, "enable", waitsForStart: true, orElse: "nothing was started")
    }
}
