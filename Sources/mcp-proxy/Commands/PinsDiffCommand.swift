import ArgumentParser
import MCPCore
import NIOCore

/// `mcp-proxy pins diff [SERVER [TOOL…]]`.
struct PinsDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Shows how what servers list differs from what was approved.")

    @Argument(help: ArgumentHelp("The server; all of them by default.", valueName: "server"))
    var server: String?

    @Argument(help: ArgumentHelp("Its tools or prompts; all by default.", valueName: "tool"))
    var tools: [String] = []

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var isDifferent = false
        try await CommandFailure.reported("nothing was compared") {
            let pins = RunningPins(client: ManagementClient(place: try await .find(remote, source)))
            let names = if let server { [server] } else { try await pins.names() }
            var differences: [(name: String, changes: [JSONView])] = []
            var lines: [String] = []
            for name in names {
                let report = try await pins.answer(name)
                for tool in tools { try RunningPins.check(tool, of: report, to: "compare") }
                let changes = RunningPins.changes(of: report, only: tools.isEmpty ? nil : tools)
                let remarks = RunningPins.faults(of: report) + changes.flatMap(RunningPins.lines)
                guard !remarks.isEmpty else { continue }
                if !changes.isEmpty || report["fault"] != nil { isDifferent = true }
                differences.append((name, changes))
                lines += [name + ":"] + remarks + RunningPins.approval(of: report)
            }
            if output.isJSON { return try ShownOutput.write(json: Self.json(differences, isOne: server != nil)) }
            if !isDifferent { lines.append("nothing is different from what was approved") }
            try ShownOutput.write(table: lines)
        }
        // As diff does.
        if isDifferent { throw ExitCode(1) }
    }

    private static func json(_ differences: [(name: String, changes: [JSONView])], isOne: Bool) -> ByteBuffer {
        guard !isOne else { return ShownOutput.array(differences.first?.changes ?? []) }
        var (object, servers) = (JSONObjectWriter(), JSONObjectWriter())
        for (name, changes) in differences { servers.add(name, elements: changes.map(\.bytes)) }
        object.add("servers", json: servers.finished)
        return object.finished
    }
}
