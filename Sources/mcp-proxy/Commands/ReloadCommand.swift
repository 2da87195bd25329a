import ArgumentParser
import MCPCore

/// `mcp-proxy reload`: lets a running proxy read its configuration again.
struct ReloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Lets a running proxy read its configuration again and apply what has changed.")

    @Flag(name: .customLong("dry-run"), help: "Only says what would change.")
    var isDryRun = false

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await CommandFailure.reported("nothing was reloaded") {
            let client = ManagementClient(place: try await .find(remote, source))
            let report = try await client.reload(isRehearsal: isDryRun)
            if output.isJSON { return try ShownOutput.write(json: report.bytes) }
            let lines = report["lines"]?.elements.compactMap(\.string) ?? []
            try ShownOutput.write(
                table: [report["message"]?.string ?? "done"] + (lines.isEmpty ? ["nothing has changed"] : lines))
            var hasFailed = false
            report["failed"]?.forEachMember { name, reason in
                hasFailed = true
                Terminal.error(ShownOutput.printable("\(name) failed: \(reason.string ?? "")"))
            }
            if hasFailed { throw ExitCode(1) }
        }
    }
}
