import ArgumentParser
import MCPUpstream

/// `mcp-proxy restart`: starts a server of a running proxy anew.
struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Starts a server of a running proxy anew; the new one takes over when it is ready.")

    @OptionGroup var server: OneServerOptions

    func run() async throws {
        try await server.change(.post, "restart", waitsForStart: true, orElse: "nothing was restarted")
    }
}
