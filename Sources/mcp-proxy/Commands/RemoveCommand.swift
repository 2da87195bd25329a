import ArgumentParser
import MCPUpstream

/// `mcp-proxy remove`: ends a server of a running proxy.
struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Lets the calls of a server of a running proxy finish, then ends it and forgets it.")

    @OptionGroup var server: OneServerOptions

    func run() async throws {
        try await server.change(.delete, orElse: "nothing was removed")
    }
}
