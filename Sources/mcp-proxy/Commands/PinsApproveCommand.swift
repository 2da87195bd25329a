import ArgumentParser
import MCPCore
import MCPUpstream

/// `mcp-proxy pins approve SERVER [TOOL…]`.
struct PinsApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Approves what a server lists now.",
        discussion: """
            What is approved is shown, and nothing else is: a definition that changes once more in this moment is not \
            approved with it.
            """)

    @Argument(help: ArgumentHelp("The server.", valueName: "server"))
    var server: String

    @Argument(help: ArgumentHelp("Its tools or prompts; all by default.", valueName: "tool"))
    var tools: [String] = []

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions

    func run() async throws {
        try await CommandFailure.reported("nothing was approved") {
            let client = ManagementClient(place: try await .find(remote, source))
            let report = try await RunningPins(client: client).answer(server)
            let wanted = RunningPins.changes(of: report, only: tools.isEmpty ? nil : tools)
            let gone = RunningPins.gone(of: report, only: tools.isEmpty ? nil : tools)
            for tool in tools where !(wanted + gone).contains(where: { $0["name"]?.string == tool }) {
                try RunningPins.check(tool, of: report, to: "approve")
                throw CommandFailure("there is nothing to approve of \"\(tool)\"; mcp-proxy pins diff \(server)")
            }
            let released = gone.map { "    released: \(RunningPins.title($0))" }
            try ShownOutput.write(table: wanted.flatMap(RunningPins.lines) + released)
            try await approve(wanted, gone: gone, at: client)
        }
    }

    private func approve(_ wanted: [JSONView], gone: [JSONView], at client: ManagementClient) async throws {
        var approved = 0
        var full: String?
        let sum = { "\(approved) of \(wanted.count) changes of server \(server) approved" }
        let parts = ApprovalParts(wanted, gone: gone, isNamed: !tools.isEmpty).bodies
        for (place, part) in parts.enumerated() {
            do {
                let answer = try await client.answer(.post, RunningPins.path(server) + "/approve", part)
                approved += answer["approved"]?.elements.count ?? 0
                full = answer["pins"]?["full"]?.string
                try client.show(answer)
            } catch let error as CommandFailure where place > 0 {
                throw CommandFailure(
                    "\(error.words)\n\(sum()) before that; the others: mcp-proxy pins approve \(server)")
            }
        }
        guard approved == wanted.count else {
            let reason = full ?? "the others have changed meanwhile, or are gone"
            throw CommandFailure("\(sum()); \(reason): mcp-proxy pins diff \(server)")
        }
        if parts.count > 1 { try ShownOutput.write(table: [sum()]) }
    }
}
