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
        var faults: [String] = []
        answer["servers"]?.forEachMember { name, server in
            let counts = ["tools", "prompts", "changes", "flags"].map { server[$0]?.integer.map(String.init) ?? "-" }
            rows.append([name, server["mode"]?.string ?? "-"] + counts)
            if let fault = server["fault"]?.string { faults.append("\(name): \(fault)") }
        }
        return TextTable.lines(["SERVER", "PIN", "TOOLS", "PROMPTS", "CHANGED", "FLAGS"], rows) + faults
    }

    private static func lines(_ server: JSONView) -> [String] {
        let name = server["name"]?.string ?? ""
        var lines = ["\(name): pin \(server["mode"]?.string ?? "-")"]
        lines += RunningPins.fault(of: server)
        for kind in ["tools", "prompts"] {
            server[kind]?.forEachMember { name, digests in
                let first = digests.elements.first?.string?.prefix(12) ?? ""
                let more = digests.elements.count > 1 ? " and \(digests.elements.count - 1) more" : ""
                lines.append("    \(kind.dropLast()) \(name): \(first)\(more)")
            }
        }
        return lines + RunningPins.changes(of: server) + RunningPins.flags(of: server)
    }
}

/// `mcp-proxy pins diff [SERVER [TOOL]]`.
struct PinsDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Shows how what servers list differs from what was approved.")

    @Argument(help: ArgumentHelp("The server; all of them by default.", valueName: "server"))
    var server: String?

    @Argument(help: ArgumentHelp("The tool or prompt; all of the server by default.", valueName: "tool"))
    var tool: String?

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        var isDifferent = false
        try await CommandFailure.reported("nothing was compared") {
            let pins = RunningPins(client: ManagementClient(place: try await .find(remote, source)))
            let names = if let server { [server] } else { try await pins.names() }
            var lines: [String] = []
            for name in names {
                let report = try await pins.answer(name)
                if output.isJSON, server != nil {
                    try ShownOutput.write(json: report["changes"]?.bytes ?? ByteBuffer(string: "[]"))
                }
                let remarks = RunningPins.fault(of: report) + RunningPins.changes(of: report, only: tool)
                guard !remarks.isEmpty else { continue }
                isDifferent = true
                lines += [name + ":"] + remarks
            }
            if output.isJSON, server != nil { return }
            try ShownOutput.write(table: lines.isEmpty ? ["nothing is different from what was approved"] : lines)
        }
        // As diff does.
        if isDifferent { throw ExitCode(1) }
    }
}

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
            let all = report["changes"]?.elements ?? []
            if let missing = tools.first(where: { name in !all.contains { $0["name"]?.string == name } }) {
                throw CommandFailure("there is nothing to approve of \"\(missing)\"; mcp-proxy pins diff \(server)")
            }
            let wanted = tools.isEmpty ? all : all.filter { tools.contains($0["name"]?.string ?? "") }
            try ShownOutput.write(table: wanted.flatMap(RunningPins.change))
            var body = JSONObjectWriter()
            if !tools.isEmpty {
                for (member, kind) in [("tools", "tool"), ("prompts", "prompt")] {
                    let named = wanted.filter { $0["kind"]?.string == kind }.compactMap { $0["name"]?.string }
                    body.add(member, Set(named).sorted())
                }
            }
            body.add("sha256", wanted.compactMap { $0["sha256"]?.string })
            try client.show(
                try await client.answer(.post, RunningPins.path(server) + "/approve", body.finished))
        }
    }
}

/// `mcp-proxy pins export [FILE]`.
struct PinsExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes all that is approved to a file for --pins, or to standard output.")

    @Argument(help: ArgumentHelp("The file, which is replaced.", valueName: "path"), completion: .file())
    var file: String?

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions

    func run() async throws {
        try await CommandFailure.reported("nothing was written") {
            let client = ManagementClient(place: try await .find(remote, source))
            let text = try await client.answer(.get, "pins.json").text
            guard let file else { return try StandardOutput.write(String(buffer: text).trimmedEnd) }
            let target = TextFile(path: file)
            try target.replace(try target.read(), with: Array(text.readableBytesView))
            Terminal.print("\(file) has what is approved")
        }
    }
}

extension String {
    /// Without the line break at its end.
    fileprivate var trimmedEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}
