import ArgumentParser
import ClientFiles
import ProxyConfiguration
import ProxyControl

/// `mcp-proxy client-config`: what to paste into a client.
struct ClientConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client-config",
        abstract: "Prints what to paste into a client.",
        discussion: """
            It is one entry for all servers together, unless another choice is made. It stands on standard output, and \
            where to paste it on standard error. Without a client the clients are listed.
            """
    )

    private static let generic = "generic"
    private static let words = Client.allCases.map(\.rawValue) + [generic]

    @Argument(
        help: "One of \(words.dropLast().joined(separator: ", ")), or generic for any other.",
        completion: .list(words))
    var client: String?

    @OptionGroup var source: ConfigurationOptions

    @Flag(name: .customLong("each"), help: "An entry for each server, under its own names.")
    var isEach = false

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("An entry for this server alone; may be repeated.", valueName: "name"))
    var server: [String] = []

    @Option(
        parsing: .singleValue, help: ArgumentHelp("An entry for this group; may be repeated.", valueName: "name"))
    var group: [String] = []

    @Option(
        help: ArgumentHelp(
            "What URLs begin with, where clients reach the proxy under another address.", valueName: "base"))
    var url: String?

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("The client under mcpProxy.clients that it is for.", valueName: "client"))
    var caller: String?

    @Option(name: .customLong("token-placeholder"), help: ArgumentHelp("What stands for a token.", valueName: "text"))
    var placeholder: String?

    @Flag(name: .customLong("show-token"), help: "Puts in the tokens, the first of each server.")
    var showsToken = false

    @Option(
        help: ArgumentHelp("A JSON file of the client, to which the entry is added.", valueName: "path"),
        completion: .file())
    var into: String?

    @Flag(help: "Prints JSON also where a client takes something else.")
    var json = false

    func validate() throws {
        let isForAll = !isEach && server.isEmpty && group.isEmpty
        guard client != nil || (isForAll && url == nil && placeholder == nil && !showsToken) else {
            throw ValidationError("name the client that the entry is for; mcp-proxy client-config lists them")
        }
        guard !showsToken || placeholder == nil else {
            throw ValidationError("name either --show-token or --token-placeholder, not both")
        }
        guard into == nil || (client != nil && !json) else {
            throw ValidationError("--into goes with a client, and not with --json")
        }
        guard !isEach || (server.isEmpty && group.isEmpty) else {
            throw ValidationError("name either --each, or --server and --group, not both")
        }
    }

    func run() async throws {
        try await CommandFailure.reported("correct this and try again") {
            guard let client else { return try listClients() }
            guard Self.words.contains(client) else {
                throw CommandFailure(
                    "there is no client \"\(client)\"; the clients are: \(Self.words.joined(separator: ", "))")
            }
            try await printSnippet(for: Client(rawValue: client))
        }
    }

    private func listClients() throws {
        let rows =
            Client.allCases.map { ($0.rawValue, ClientSnippet.place(of: $0)) }
            + [(Self.generic, ClientSnippet.place(of: nil))]
        if json {
            let list = rows.map { ConfigurationNode.object([("name", .text($0.0)), ("place", .text($0.1))]) }
            return try StandardOutput.write(JSONLayout().text(of: .object([("clients", .list(list))])))
        }
        let lines = TextTable.lines(["CLIENT", "WHERE TO PASTE"], rows.map { [$0.0, $0.1] })
        try StandardOutput.write(lines.joined(separator: "\n"))
    }

    private func printSnippet(for client: Client?) async throws {
        let settings = try await source.load().settings
        let entries = try PublishedEntries(
            PublishedEntries.Choice(isEach: isEach, servers: server, groups: group, caller: caller), of: settings,
            at: PublishedAddresses(
                base: { () throws(CommandFailure) in try base(settings) },
                programArguments: client == .claudeDesktop ? programArguments : nil,
                showsTokens: showsToken, placeholder: placeholder ?? Self.usualPlaceholder))
        let snippet = ClientSnippet(
            for: client, entries.servers, program: OwnProgram.path, asksForTokens: !showsToken && placeholder == nil)
        for remark in entries.remarks { Terminal.error(remark) }
        if let into { return try add(snippet, asking: client, entries.servers, to: into) }
        Terminal.error("Paste into: \(ClientSnippet.place(of: client))")
        tellOfTokens(client, entries.servers)
        tellOfAddress(settings, entries.servers)
        try StandardOutput.write(json ? JSONLayout().text(of: snippet.json) : snippet.text)
    }

    /// Adds the entries to a client's file, in which nothing else is changed.
    private func add(
        _ snippet: ClientSnippet, asking client: Client?, _ servers: [PublishedServer], to path: String
    ) throws {
        guard case .file(let node) = snippet else {
            throw CommandFailure("this client is told by commands, not by a file; leave --into out, and run these")
        }
        guard ConfigurationFormat(pathOrURL: path) == .json else {
            throw CommandFailure("an entry can be added to JSON only; leave --into out, and copy it into \(path)")
        }
        let isAnswered = showsToken || placeholder != nil || client == .vscode
        guard isAnswered || !servers.contains(where: { $0.token != nil }) else {
            throw CommandFailure("the entry has a token: add --show-token to write it into \(path)")
        }
        let file = TextFile(path: path)
        let old = try file.read()
        let outcome = try ClientTarget(text: old, source: path).adding(node)
        for name in outcome.kept { Terminal.error("\(path) has an entry \(name) already, which stays as it is") }
        guard !outcome.added.isEmpty else { return }
        try file.replace(old, with: outcome.text)
        Terminal.error("\(outcome.added.joined(separator: ", ")) added to \(path)")
    }

    private func tellOfTokens(_ client: Client?, _ servers: [PublishedServer]) {
        if client == .codex {
            for server in servers where server.token != nil {
                Terminal.error(
                    "Put the token of \(server.name) into the variable \(ClientSnippet.tokenVariable(of: server))")
            }
        } else if servers.contains(where: { $0.token != nil }), !showsToken, client != .vscode || placeholder != nil {
            Terminal.error("Put the token in the place of \(placeholder ?? Self.usualPlaceholder), or use --show-token")
        }
    }

    private func tellOfAddress(_ settings: ProxySettings, _ servers: [PublishedServer]) {
        guard servers.contains(where: { $0.arguments == nil }) else {
            return Terminal.error(
                "The client starts the servers for itself; with --url it is given those of a proxy that runs")
        }
        let host = settings.address.host
        let isLocal = ListenerAddress.isLoopback(host) || host == nil || host == "0.0.0.0" || host == "::"
        if url == nil, settings.baseURL.origin == nil, isLocal {
            Terminal.error("The URLs hold on this machine; for clients on others, name the address with --url")
        }
    }

    private static let usualPlaceholder = "<token>"

    /// How a client starts all servers for itself; nil where it is to use a proxy that runs.
    private var programArguments: [String]? {
        // Headers for a configuration may be secret, and whoever names an address means the proxy there.
        guard url == nil, source.httpHeaders.isEmpty else { return nil }
        let isRemote = RemoteConfigurationRequest.isRemote(source.config)
        let start = ["stdio", "--config", isRemote ? source.config : OwnProgram.absolute(source.config)]
        return start + (source.expandEnv ? [] : ["--expand-env=false"])
    }

    /// What URLs begin with.
    private func base(_ settings: ProxySettings) throws(CommandFailure) -> String {
        guard let url else {
            guard settings.address.socketPath == nil || settings.baseURL.origin != nil else {
                throw CommandFailure(
                    "no client reaches a Unix socket by a URL; name the address of what stands in front with --url")
            }
            guard settings.address.port != 0 || settings.baseURL.origin != nil else {
                throw CommandFailure("the proxy takes any free port (addr); name its address with --url")
            }
            return ListenerAddress.base(settings, port: settings.address.port)
        }
        let document = ConfigurationNode.object([
            ("mcpProxy", .object([("baseURL", .text(url))])), ("mcpServers", .object([])),
        ])
        let loaded: ProxySettings
        do {
            loaded = try ConfigurationLoader.load(
                text: Array(JSONLayout().text(of: document).utf8), source: "--url", format: .json, environment: nil
            ).settings
        } catch {
            throw CommandFailure("--url takes an address such as https://mcp.example.com")
        }
        guard let origin = loaded.baseURL.origin else {
            throw CommandFailure("--url takes an address such as https://mcp.example.com")
        }
        // The path of the routes belongs to every address, unless another one is given.
        return origin + (loaded.baseURL.pathPrefix.isEmpty ? settings.baseURL.pathPrefix : loaded.baseURL.pathPrefix)
    }
}
