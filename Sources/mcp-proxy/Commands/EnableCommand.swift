import ArgumentParser
import MCPUpstream
import ProxyConfiguration

/// `mcp-proxy enable`: starts a server of a running proxy that is disabled.
struct EnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Starts a server of a running proxy that is disabled.",
        discussion: "This holds until the configuration is read again and says something else of the server.")

    @Argument(help: ArgumentHelp("The server.", valueName: "name"))
    var name: String

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions

    func run() async throws {
        try await CommandFailure.reported("nothing was started") {
            let client = ManagementClient(place: try await .find(remote, source))
            Interruption.tellWaiting("starting \(ServerName.redacted(name))…")
            try client.show(try await client.answer(.post, ManagementClient.path(name, "enable")))
        }
    }
}
