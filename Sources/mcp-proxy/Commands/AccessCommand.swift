import ArgumentParser
import ClientFiles
import ProxyConfiguration

/// `mcp-proxy access`: who may what, and why.
struct AccessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access", abstract: "Says who may use what by the configuration, and why. Starts nothing.")

    @Argument(help: ArgumentHelp("The client under mcpProxy.clients; left out, all who can come.", valueName: "client"))
    var client: String?

    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await CommandFailure.reported("who may what is not known") {
            let settings = try await source.load().settings
            let table = AccessTable(settings: settings)
            guard let client else {
                return output.isJSON
                    ? try StandardOutput.write(JSONLayout().text(of: table.json))
                    : try ShownOutput.write(table: table.lines)
            }
            guard let found = settings.clients.first(where: { $0.name.utf8.elementsEqual(client.utf8) }) else {
                let names = settings.clients.map(\.name).joined(separator: ", ")
                throw CommandFailure(
                    settings.clients.isEmpty
                        ? "the configuration names no clients (mcpProxy.clients)"
                        : "there is no client \"\(client)\" under mcpProxy.clients; there are: \(names)")
            }
            output.isJSON
                ? try StandardOutput.write(JSONLayout().text(of: table.json(of: found)))
                : try ShownOutput.write(table: table.lines(of: found))
        }
    }
}
