import ArgumentParser
import MCPCore
import MCPGateway
import MCPUpstream
import MCPValues
import NIOCore
import ProxyConfiguration

/// `mcp-proxy tools`: what can be called.
struct ToolsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools",
        abstract: "Lists the tools of a server, of all, or of those that are offered together.",
        discussion: """
            An argument with a question mark may be left out. With --merged or --group the names are those under which \
            tools are offered together.
            """
    )

    @Argument(help: ArgumentHelp("The server; all of them by default.", valueName: "server"))
    var server: String?

    @Flag(name: .customLong("merged"), help: "The tools of the endpoint for all servers.")
    var isMerged = false

    @Option(help: ArgumentHelp("The tools of this group.", valueName: "name"))
    var group: String?

    @Flag(name: .customLong("tokens"), help: "What the list costs a model that reads it, as an estimate.")
    var showsCost = false

    @Option(
        help: ArgumentHelp(
            "The tools that fit these words best, by the search that clients have, best first.", valueName: "words"))
    var search: String?

    @Option(
        help: ArgumentHelp(
            "With --search: how many, from 1 to \(SearchTool.largestLimit); \(SearchTool.usualLimit) by default.",
            valueName: "number"))
    var limit: Int?

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var oneShot: OneShotOptions
    @OptionGroup var output: OutputOptions

    /// Long descriptions are for models.
    private static let shownDescription = 100

    private var shownCount: Int { limit ?? SearchTool.usualLimit }

    func validate() throws {
        guard [server != nil, isMerged, group != nil].count(where: \.self) < 2 else {
            throw ValidationError("name one of a server, --merged and --group")
        }
        guard limit == nil || search != nil else { throw ValidationError("--limit goes with --search") }
        guard (1...SearchTool.largestLimit).contains(shownCount) else {
            throw ValidationError("--limit is \(shownCount); write a number from 1 to \(SearchTool.largestLimit)")
        }
        guard search == nil || !showsCost else { throw ValidationError("--search and --tokens are two questions") }
        if let search, search.allSatisfy(\.isWhitespace) {
            throw ValidationError("--search is empty; say what the tool should do, such as \"create an issue\"")
        }
    }

    func run() async throws {
        try await CommandFailure.reported("nothing was listed") {
            let access = try await ServerAccess.find(remote, source, oneShot)
            let signals = TerminationSignals()
            if let server {
                do {
                    let tools = try await Self.tools(of: server, access, signals)
                    return try show(tools, isSearched: await isSearched(access, signals))
                } catch let error as CommandFailure {
                    guard let search, error.isMissing || error.words.contains("there is no server") else { throw error }
                    throw CommandFailure(
                        "\(error.words)\nSeveral words to search for go in quotes: --search \"\(search) \(server)\"")
                }
            }
            guard isMerged || group != nil else { return try await listAll(access, signals) }
            let (listed, failures) = try await access.withClient(ofGroup: group, signals) {
                [search, shownCount] client in
                let tools = try await client.tools()
                guard let search, FoundTools.isSearched(tools) else { return (tools: tools, found: FoundTools?.none) }
                return (tools: tools, found: try await FoundTools(search, limit: shownCount, asking: client))
            }
            if let found = listed.found { try show(found) } else { try show(listed.tools, isSearched: false) }
            try fail(for: failures)
        }
    }

    /// - Parameter isSearched: Whether clients find them by search where they are offered together.
    private func show(_ tools: [JSONView], isSearched: Bool) throws {
        if let search {
            return try show(FoundTools(search, limit: shownCount, among: tools.map { (server: nil, tool: $0) }))
        }
        if FoundTools.isSearched(tools) {
            Terminal.error("mcp-proxy: the other tools are found by search: mcp-proxy tools --search \"words\"")
        }
        if showsCost {
            let costs = tools.map { ToolCost($0["name"]?.string ?? "", [$0]) }
            return try ToolCost.write(costs, "TOOL", isSearched: isSearched, isJSON: output.isJSON)
        }
        if output.isJSON { return try ShownOutput.write(json: Self.object([("tools", ShownOutput.array(tools))])) }
        try ShownOutput.write(
            table: TextTable.lines(
                ["TOOL", "ARGUMENTS", "DESCRIPTION"], tools.map(Self.row), within: TerminalSize.current?.columns))
    }

    private func show(_ found: FoundTools) throws {
        if output.isJSON { return try ShownOutput.write(json: found.json) }
        if found.matches.isEmpty { Terminal.error("mcp-proxy: no tool fits") }
        let hasServers = found.matches.contains { $0.server != nil }
        let rows = found.matches.map { match in
            (hasServers ? [match.server ?? ""] : []) + Self.row(match.tool) + ["\(match.score)"]
        }
        let title = (hasServers ? ["SERVER"] : []) + ["TOOL", "ARGUMENTS", "DESCRIPTION", "SCORE"]
        if !rows.isEmpty {
            try ShownOutput.write(table: TextTable.lines(title, rows, within: TerminalSize.current?.columns))
        }
        if !found.unmatched.isEmpty {
            Terminal.error("mcp-proxy: no tool has \(found.unmatched.map { "\"\($0)\"" }.joined(separator: ", "))")
        }
    }

    private func fail(for failures: [String]) throws {
        for failure in failures { Terminal.error("mcp-proxy: \(failure)") }
        if !failures.isEmpty { throw ExitCode(1) }
    }

    private func listAll(_ access: ServerAccess, _ signals: TerminationSignals) async throws {
        var found: [(name: String, tools: [JSONView])] = []
        var failures: [String] = []
        let names = try await access.names()
        for (index, name) in names.enumerated() {
            Interruption.tellWaiting("asking \(ServerName.redacted(name)) (\(index + 1) of \(names.count))…")
            do {
                found.append((ServerName.redacted(name), try await Self.tools(of: name, access, signals)))
            } catch let error as CommandFailure {
                failures.append("\(ServerName.redacted(name)): \(error.words)")
            }
        }
        if let search {
            let all = found.flatMap { name, tools in tools.map { (server: Optional(name), tool: $0) } }
            try show(FoundTools(search, limit: shownCount, among: all))
        } else if showsCost {
            try ToolCost.write(
                found.map { ToolCost($0.name, $0.tools) }, "SERVER", isSearched: await isSearched(access, signals),
                isJSON: output.isJSON)
        } else if output.isJSON {
            let servers = found.map { ($0.name, Self.object([("tools", ShownOutput.array($0.tools))])) }
            try ShownOutput.write(json: Self.object([("servers", Self.object(servers))]))
        } else {
            let rows = found.flatMap { name, tools in tools.map { [name] + Self.row($0) } }
            try ShownOutput.write(
                table: TextTable.lines(
                    ["SERVER", "TOOL", "ARGUMENTS", "DESCRIPTION"], rows, within: TerminalSize.current?.columns))
        }
        try fail(for: failures)
    }

    /// Whether the endpoint for all servers lists tools to search with in place of the tools, where that is asked.
    private func isSearched(_ access: ServerAccess, _ signals: TerminationSignals) async -> Bool {
        guard showsCost, !output.isJSON else { return false }
        switch access {
        case .oneShot(let settings, _): return settings.endpoint.isEnabled && settings.endpoint.toolDiscovery == .search
        case .running:
            // Where there is no such endpoint, or it needs another token, nothing is found by search.
            let answer = try? await access.withClient(ofGroup: nil, signals) {
                FoundTools.isSearched(try await $0.tools())
            }
            return answer?.value ?? false
        }
    }

    private static func tools(
        of server: String, _ access: ServerAccess, _ signals: TerminationSignals
    ) async throws -> [JSONView] {
        switch access {
        case .running(let client):
            let answer = try await client.answer(.get, ManagementClient.path(server, "tools"))
            if let withheld = answer["withheld"]?.elements, !withheld.isEmpty {
                let names = withheld.compactMap(\.string).joined(separator: ", ")
                let shown = ServerName.redacted(server)
                Terminal.error(
                    ShownOutput.printable("mcp-proxy: withheld of \(shown): \(names); mcp-proxy pins diff \(shown)"))
            }
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
