import ArgumentParser
import MCPUpstream
import ProxyConfiguration

/// `mcp-proxy restart`: starts a server of a running proxy anew.
struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Starts a server of a running proxy anew; the new one takes over when it is ready.")

    @Argument(help: ArgumentHelp("The server.", valueName: "name"))
    var name: String

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions

    func run() async throws {
        try await CommandFailure.reported("nothing was restarted") {
            let client = ManagementClient(place: try await .find(remote, source))
            Interruption.tellWaiting("starting \(ServerName.redacted(name))…")
            try client.show(try await client.answer(.post, ManagementClient.path(name, "restart")))
        }
    }
}
