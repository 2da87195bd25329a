import ArgumentParser
import MCPUpstream

/// `mcp-proxy disable`: ends a server of a running proxy without forgetting it.
struct DisableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Ends a server of a running proxy without forgetting it.",
        discussion: "This holds until the configuration is read again and says something else of the server.")

    @OptionGroup var server: OneServerOptions

    func run() async throws {
        try await server.change(.post, "disable", orElse: "nothing was ended")
    }
}
