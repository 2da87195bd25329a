import ArgumentParser
import MCPUpstream

/// `mcp-proxy disable`: ends a server of a running proxy without forgetting it.
struct DisableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Ends a server of a running proxy without forgetting it.",
        discussion: "This holds until the configuration is read again and says something else of the server.")

    @Argument(help: ArgumentHelp("The server.", valueName: "name"))
    var name: String

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions

    func run() async throws {
        try await CommandFailure.reported("nothing was ended") {
            let client = ManagementClient(place: try await .find(remote, source))
            try client.show(try await client.answer(.post, ManagementClient.path(name, "disable")))
        }
    }
}
