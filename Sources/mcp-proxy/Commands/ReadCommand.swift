import ArgumentParser
import MCPCore
import ProxyConfiguration

/// `mcp-proxy read`: prints one resource.
struct ReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Prints a resource.",
        discussion: "Without a server all are asked, and exactly one must have the resource."
    )

    @Argument(help: ArgumentHelp("The server, then the URI; or the URI alone.", valueName: "[server] uri"))
    var names: [String]

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var oneShot: OneShotOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...2).contains(names.count) else { throw ValidationError("write: mcp-proxy read [server] uri") }
    }

    func run() async throws {
        try await CommandFailure.reported("nothing was read") {
            let access = try await ServerAccess.find(remote, source, oneShot)
            let signals = TerminationSignals()
            let uri = names[names.count - 1]
            if names.count == 2 {
                try show(try await access.withClient(of: names[0], signals) { try await $0.read(uri) })
            } else {
                try show(try await find(uri, access, signals))
            }
        }
    }

    /// Asks every server.
    private func find(_ uri: String, _ access: ServerAccess, _ signals: TerminationSignals) async throws -> JSONView {
        var found: [(name: String, result: JSONView)] = []
        var refusals: [String] = []
        for name in try await access.names() {
            do {
                found.append((name, try await access.withClient(of: name, signals) { try await $0.read(uri) }))
            } catch let error as CommandFailure {
                refusals.append("\n    \(ServerName.redacted(name)): \(error.words)")
            }
        }
        guard let only = found.first else {
            throw CommandFailure("no server has the resource \"\(uri)\"" + refusals.joined())
        }
        guard found.count == 1 else {
            let names = found.map { ServerName.redacted($0.name) }.joined(separator: ", ")
            throw CommandFailure("several servers have this resource: \(names); name one before the URI")
        }
        return only.result
    }

    private func show(_ result: JSONView) throws {
        if output.isJSON { return try ShownOutput.write(json: result.bytes) }
        for content in result["contents"]?.elements ?? [] {
            if let text = content["text"]?.string {
                try ShownOutput.write(text: text)
            } else {
                try ShownOutput.write(json: content.bytes)
            }
        }
    }
}
