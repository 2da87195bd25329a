import ArgumentParser
import MCPCore
import MCPUpstream
import NIOCore
import ProxyConfiguration

/// `mcp-proxy pins`: what of servers was approved, and what has changed since.
struct PinsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pins",
        abstract: "Shows and approves what has changed of the tools and prompts of a running proxy.",
        subcommands: [PinsListCommand.self, PinsDiffCommand.self, PinsApproveCommand.self, PinsExportCommand.self],
        defaultSubcommand: PinsListCommand.self
    )
}

/// `mcp-proxy pins [list] [SERVER]`.
struct PinsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Says of every server, or of one, what was approved and what is different.")

    @Argument(help: ArgumentHelp("The server; all of them by default.", valueName: "server"))
    var server: String?

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await CommandFailure.reported("nothing was listed") {
            let pins = RunningPins(client: ManagementClient(place: try await .find(remote, source)))
            let answer = try await pins.answer(server)
            if output.isJSON { return try ShownOutput.write(json: answer.bytes) }
            try ShownOutput.write(table: server == nil ? Self.table(answer) : Self.lines(answer))
        }
    }

    private static func table(_ answer: JSONView) -> [String] {
        var rows: [[String]] = []
        var remarks: [String] = []
        answer["servers"]?.forEachMember { name, server in
            let counts = ["tools", "prompts", "changes", "flags"].map { server[$0]?.integer.map(String.init) ?? "-" }
            rows.append([name, server["mode"]?.string ?? "-"] + counts)
            let fault = server["fault"]?.string.map { [$0] } ?? []
            remarks += (fault + RunningPins.notes(of: server)).map { "\(name): \($0)" }
        }
        return TextTable.lines(["SERVER", "PIN", "TOOLS", "PROMPTS", "CHANGED", "FLAGS"], rows) + remarks
    }

    private static func lines(_ server: JSONView) -> [String] {
        let name = server["name"]?.string ?? ""
        var lines = ["\(name): pin \(server["mode"]?.string ?? "-")"]
        lines += RunningPins.faults(of: server)
        for kind in ["tools", "prompts"] {
            server[kind]?.forEachMember { name, digests in
                let first = digests.elements.first?.string?.prefix(12) ?? ""
                let more = digests.elements.count > 1 ? " and \(digests.elements.count - 1) more" : ""
                lines.append("    \(kind.dropLast()) \(name): \(first)\(more)")
            }
        }
        lines += RunningPins.changes(of: server).flatMap(RunningPins.lines) + RunningPins.approval(of: server)
        return lines + RunningPins.flags(of: server)
    }
}
