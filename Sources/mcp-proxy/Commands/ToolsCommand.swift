import ArgumentParser
import MCPCore
import MCPUpstream
import NIOCore
import ProxyConfiguration

/// `mcp-proxy tools`: what can be called.
struct ToolsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools",
        abstract: "Lists the tools of a server, or of all.",
        discussion: "An argument with a question mark may be left out."
    )

    @Argument(help: ArgumentHelp("The server; all of them by default.", valueName: "server"))
    var server: String?

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var oneShot: OneShotOptions
    @OptionGroup var output: OutputOptions

    /// Long descriptions are for models.
    private static let shownDescription = 100

    func run() async throws {
        try await CommandFailure.reported("nothing was listed") {
            let access = try await ServerAccess.find(remote, source, oneShot)
            let signals = TerminationSignals()
            if let server {
                let tools = try await Self.tools(of: server, access, signals)
                if output.isJSON { return try ShownOutput.write(json: Self.object([("tools", Self.array(tools))])) }
                return try ShownOutput.write(
                    table: TextTable.lines(
                        ["TOOL", "ARGUMENTS", "DESCRIPTION"], tools.map(Self.row),
                        within: TerminalSize.current?.columns))
            }
            try await listAll(access, signals)
        }
    }

    private func listAll(_ access: ServerAccess, _ signals: TerminationSignals) async throws {
        var found: [(name: String, tools: [JSONView])] = []
        var hasFailed = false
        let names = try await access.names()
        for (index, name) in names.enumerated() {
            Interruption.tellWaiting("asking \(ServerName.redacted(name)) (\(index + 1) of \(names.count))…")
            do {
                found.append((ServerName.redacted(name), try await Self.tools(of: name, access, signals)))
            } catch let error as CommandFailure {
                Terminal.error("mcp-proxy: \(ServerName.redacted(name)): \(error.words)")
                hasFailed = true
            }
        }
        if output.isJSON {
            let servers = found.map { ($0.name, Self.object([("tools", Self.array($0.tools))])) }
            try ShownOutput.write(json: Self.object([("servers", Self.object(servers))]))
        } else {
            let rows = found.flatMap { name, tools in tools.map { [name] + Self.row($0) } }
            try ShownOutput.write(
                table: TextTable.lines(
                    ["SERVER", "TOOL", "ARGUMENTS", "DESCRIPTION"], rows, within: TerminalSize.current?.columns))
        }
        if hasFailed { throw ExitCode(1) }
    }

    private static func tools(
        of server: String, _ access: ServerAccess, _ signals: TerminationSignals
    ) async throws -> [JSONView] {
        switch access {
        case .running(let client):
            let answer = try await client.answer(.get, ManagementClient.path(server, "tools"))
            return answer["tools"]?.elements ?? []
        case .oneShot:
            return try await access.withClient(of: server, signals) { try await $0.tools() }
        }
    }

    private static func row(_ tool: JSONView) -> [String] {
        let schema = tool["inputSchema"]
        let required = Set(schema?["required"]?.elements.compactMap(\.string) ?? [])
        var arguments: [String] = []
        schema?["properties"]?.forEachMember { name, _ in arguments.append(required.contains(name) ? name : "\(name)?")
        }
        let text = tool["description"]?.string ?? tool["title"]?.string ?? ""
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let shown = line.count > shownDescription ? "\(line.prefix(shownDescription - 1))…" : line
        return [tool["name"]?.string ?? "", arguments.joined(separator: " "), shown]
    }

    private static func array(_ values: [JSONView]) -> ByteBuffer {
        var array = ByteBuffer(string: "[")
        for (index, value) in values.enumerated() {
            if index > 0 { array.writeString(",") }
            array.writeImmutableBuffer(value.bytes)
        }
        array.writeString("]")
        return array
    }

    private static func object(_ members: [(String, ByteBuffer)]) -> ByteBuffer {
        var object = ByteBuffer(string: "{")
        for (index, member) in members.enumerated() {
            if index > 0 { object.writeString(",") }
            object.writeJSONString(member.0)
            object.writeString(":")
            object.writeImmutableBuffer(member.1)
        }
        object.writeString("}")
        return object
    }
}
