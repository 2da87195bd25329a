import ArgumentParser
import ClientFiles
import MCPCore
import MCPFrontEnd
import MCPGateway
import MCPUpstream
import ProxyConfiguration
import ProxyControl

/// `mcp-proxy list`: the servers and how they are.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the servers of a running proxy and their states.")

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var oneShot: OneShotOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await CommandFailure.reported("nothing was listed") {
            switch try await ServerAccess.find(remote, source, oneShot) {
            case .running(let client): try await show(try await client.answer(.get, "servers"), of: client)
            case .oneShot(let settings, _):
                Interruption.tellWaiting("starting the servers…")
                let servers = OneShotServers(settings, for: .onePerson, of: source.shownLocation)
                try show(try await servers.look(TerminationSignals()), of: settings)
            }
        }
    }

    private func show(_ answer: JSONView, of client: ManagementClient) async throws {
        if output.isJSON { return try ShownOutput.write(json: answer.bytes) }
        var rows: [[String]] = []
        var failures: [String] = []
        var logins: [String] = []
        answer["servers"]?.forEachMember { name, server in
            let texts = ["state", "source", "transport"].map { server[$0]?.string ?? "-" }
            let counts = ["tools", "calls"].map { server[$0]?.integer.map(String.init) ?? "-" }
            rows.append([name] + texts + counts + [server["path"]?.string ?? "-"])
            if let login = server["login"], login["needed"] == nil { logins.append(Self.line(on: login, of: name)) }
            if let reason = server["pendingChange"]?.string {
                failures.append("\(name) serves as it was, since what it is changed to does not start yet: \(reason)")
            }
            if let need = server["login"]?["needed"]?.string {
                failures.append("\(name) wants somebody to log in: \(need)")
            }
            if server["state"]?.string == "token needed" {
                failures.append("\(name) takes only callers with an access token")
            }
            if let words = server["withheld"]?["words"]?.string { failures.append("\(name): \(words)") }
            guard server["state"]?.string == "failed", let error = server["error"]?.string else { return }
            failures.append("\(name) failed: \(error)")
        }
        let header = ["SERVER", "STATE", "SOURCE", "TRANSPORT", "TOOLS", "CALLS", "PATH"]
        // A proxy that offers nothing together has its servers all the same.
        let together = (try? await RunningOffers(client: client).addresses()) ?? []
        try ShownOutput.write(
            table: TextTable.lines(header, rows) + logins + together.map { "\($0.title): \($0.url)" })
        for line in failures { Terminal.error(ShownOutput.printable(line)) }
    }

    /// How it stands with what a server is called with.
    private static func line(on login: JSONView, of name: String) -> String {
        let end = login["until"]?.string.map { " until \($0)" } ?? ", renewed by itself"
        guard login["byItself"]?.boolean != true else { return "\(name) has a token\(end)" }
        let whose = login["account"]?.string.map { " as \($0)" } ?? ""
        return "\(name) is logged in\(whose)\(end)"
    }

    private func show(_ servers: [(server: ServerSettings, status: ServerStatus)], of settings: ProxySettings) throws {
        var statuses: [String: ServerStatus] = [:]
        for (server, status) in servers { statuses[server.name] = status }
        let all = settings.servers.map { server in
            var status = ServerStatus()
            status.state = .disabled
            status.transport = server.transport.label
            return (server: server, status: statuses[server.name] ?? status)
        }
        if output.isJSON {
            let members = all.map { ($0.server.displayName, Self.json($0.status)) }
            return try StandardOutput.write(JSONLayout().text(of: .object([("servers", .object(members))])))
        }
        let rows = all.map { server, status in
            let tools = status.tools.map(String.init) ?? "-"
            return [server.displayName, status.state.rawValue, status.transport, tools]
        }
        try ShownOutput.write(table: TextTable.lines(["SERVER", "STATE", "TRANSPORT", "TOOLS"], rows))
        for (server, status) in all {
            guard status.state == .loginNeeded, let need = status.login?.need else { continue }
            Terminal.error(ShownOutput.printable("\(server.displayName) wants somebody to log in: \(need)"))
        }
        for (server, status) in all where status.state == .failed {
            Terminal.error("\(server.displayName) failed: \(ShownOutput.printable(status.error ?? "no reason known"))")
            for line in status.errorOutput.suffix(8) { Terminal.error("    | \(ShownOutput.printable(line))") }
        }
    }

    private static func json(_ status: ServerStatus) -> ConfigurationNode {
        let texts = [
            ("state", status.state.rawValue), ("transport", status.transport), ("era", status.era.map { "\($0)" }),
            ("protocolVersion", status.protocolVersion), ("error", status.error),
        ]
        let counts = [("tools", status.tools), ("prompts", status.prompts), ("resources", status.resources)]
        return .object(
            texts.compactMap { name, text in text.map { (name, .text($0)) } }
                + counts.compactMap { name, count in
                    count.map { (name, ConfigurationNode(.number(String($0)), at: .start)) }
                })
    }
}
