import ArgumentParser
import MCPUpstream

/// `mcp-proxy remove`: ends a server of a running proxy.
struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Lets the calls of a server of a running proxy finish, then ends it and forgets it.")

    @Argument(help: ArgumentHelp("The server.", valueName: "name"))
    var name: String

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions

    func run() async throws {
        try await CommandFailure.reported("nothing was removed") {
            let client = ManagementClient(place: try await .find(remote, source))
            try client.show(try await client.answer(.delete, ManagementClient.path(name)))
        }
    }
}
