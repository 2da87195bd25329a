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

    /// Asks every server, one after another.
    private func find(_ uri: String, _ access: ServerAccess, _ signals: TerminationSignals) async throws -> JSONView {
        var found: [(name: String, result: JSONView)] = []
        var refusals = ""
        var unasked = ""
        let names = try await access.names()
        for (index, name) in names.enumerated() {
            let shown = ServerName.redacted(name)
            Interruption.tellWaiting("asking \(shown) (\(index + 1) of \(names.count))…")
            do {
                found.append((shown, try await access.withClient(of: name, signals) { try await $0.read(uri) }))
            } catch let error as CommandFailure {
                let line = "\n    \(shown): \(error.words.split(separator: "\n").joined(separator: "\n    "))"
                if error.isAnswer { refusals += line } else { unasked += line }
            }
        }
        if !unasked.isEmpty { unasked = "these servers could not be asked:\(unasked)" }
        guard let only = found.first else {
            let rest = unasked.isEmpty ? "" : "\n\(unasked)"
            throw CommandFailure("no server has the resource \"\(uri)\"\(refusals)\(rest)")
        }
        guard found.count == 1 else {
            let names = found.map(\.name).joined(separator: ", ")
            throw CommandFailure("several servers have this resource: \(names); name one before the URI")
        }
        if !unasked.isEmpty { Terminal.error("mcp-proxy: \(unasked)") }
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
