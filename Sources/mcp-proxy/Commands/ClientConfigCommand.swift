import ArgumentParser
import ClientFiles
import MCPFrontEnd
import ProxyConfiguration
import ProxyControl

/// `mcp-proxy client-config`: what to paste into a client.
struct ClientConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client-config",
        abstract: "Prints what to paste into a client.",
        discussion: """
            It stands on standard output, and where to paste it on standard error. Without a client the clients are \
            listed.
            """
    )

    private static let generic = "generic"
    private static let words = Client.allCases.map(\.rawValue) + [generic]

    @Argument(
        help: "One of \(words.dropLast().joined(separator: ", ")), or generic for any other.",
        completion: .list(words))
    var client: String?

    @OptionGroup var source: ConfigurationOptions

    @Option(
        parsing: .singleValue, help: ArgumentHelp("This server only; may be repeated.", valueName: "name"))
    var server: [String] = []

    @Option(
        help: ArgumentHelp(
            "What URLs begin with, where clients reach the proxy under another address.", valueName: "base"))
    var url: String?

    @Option(name: .customLong("token-placeholder"), help: ArgumentHelp("What stands for a token.", valueName: "text"))
    var placeholder: String?

    @Flag(name: .customLong("show-token"), help: "Puts in the first token of each server.")
    var showsToken = false

    @Flag(help: "Prints JSON also where a client takes something else.")
    var json = false

    func validate() throws {
        guard !showsToken || placeholder == nil else {
            throw ValidationError("name either --show-token or --token-placeholder, not both")
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
        let servers = try published(try chosen(settings), settings)
        let snippet = ClientSnippet(
            for: client, servers, program: OwnProgram.path, asksForTokens: !showsToken && placeholder == nil)
        Terminal.error("Paste into: \(ClientSnippet.place(of: client))")
        if client == .codex {
            for server in servers where server.token != nil {
                Terminal.error(
                    "Put the token of \(server.name) into the variable \(ClientSnippet.tokenVariable(of: server))")
            }
        } else if servers.contains(where: { $0.token != nil }), !showsToken, client != .vscode || placeholder != nil {
            Terminal.error("Put the token in the place of \(placeholder ?? Self.usualPlaceholder), or use --show-token")
        }
        let host = settings.address.host
        let isLocal = ListenerAddress.isLoopback(host) || host == nil || host == "0.0.0.0" || host == "::"
        if url == nil, settings.baseURL.origin == nil, isLocal {
            Terminal.error("The URLs hold on this machine; for clients on others, name the address with --url")
        }
        try StandardOutput.write(json ? JSONLayout().text(of: snippet.json) : snippet.text)
    }

    private static let usualPlaceholder = "<token>"

    /// The servers that are meant.
    private func chosen(_ settings: ProxySettings) throws(CommandFailure) -> [ServerSettings] {
        let enabled = settings.servers.filter { !$0.options.disabled }
        guard !enabled.isEmpty else { throw CommandFailure("the configuration has no server that is enabled") }
        guard !server.isEmpty else { return enabled }
        return try server.map { name throws(CommandFailure) in
            if let found = enabled.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) { return found }
            let isDisabled = settings.servers.contains { $0.name.utf8.elementsEqual(name.utf8) }
            let names = enabled.map(\.displayName).joined(separator: ", ")
            throw CommandFailure(
                isDisabled
                    ? "the server \"\(name)\" is disabled" : "there is no server \"\(name)\"; there are: \(names)")
        }
    }

    private func published(_ servers: [ServerSettings], _ settings: ProxySettings) throws -> [PublishedServer] {
        let base = try base(settings)
        let names = PublishedServer.clientNames(for: servers.map(\.name))
        let tokens = servers.compactMap(\.options.authTokens.first)
        let standsForToken = placeholder ?? Self.usualPlaceholder
        return zip(servers, names).map { server, name in
            let path = showsToken ? server.name : server.displayName
            // What is masked in a name may be a token, too.
            let parts = PathEncoding.encode(path).split(separator: "/").map {
                $0 == "***" ? standsForToken : String($0)
            }
            let token = server.options.authTokens.first.map { showsToken ? $0.reveal() : standsForToken }
            return PublishedServer(
                name: name, url: "\(base)/\(parts.joined(separator: "/"))/mcp", token: token,
                tokenNumber: server.options.authTokens.first.flatMap { tokens.firstIndex(of: $0) })
        }
    }

    /// What URLs begin with.
    private func base(_ settings: ProxySettings) throws -> String {
        guard let url else {
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
