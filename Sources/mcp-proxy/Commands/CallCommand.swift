import ArgumentParser
import MCPCore
import NIOCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `mcp-proxy call`: calls one tool and prints its result.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Calls a tool and prints its result.",
        discussion: """
            Values are what the tool's schema says they are: text, or JSON. A result that is an error goes to standard \
            error, and the exit status is 1.
            """
    )

    @Argument(help: ArgumentHelp("The server.", valueName: "server"))
    var server: String

    @Argument(help: ArgumentHelp("The tool.", valueName: "tool"))
    var tool: String

    @Argument(help: ArgumentHelp("An argument of the tool.", valueName: "key=value"))
    var pairs: [String] = []

    @Option(help: ArgumentHelp("All arguments as a JSON object; - reads it from standard input.", valueName: "object"))
    var json: String?

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var oneShot: OneShotOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard json == nil || pairs.isEmpty else { throw ValidationError("name either key=value or --json, not both") }
        for pair in pairs where !ToolArguments.isPair(pair) {
            throw ValidationError("\"\(pair.prefix(60))\" is no argument of a tool; write key=value")
        }
    }

    func run() async throws {
        try await CommandFailure.reported("nothing was called") {
            let written = try json.map { try StandardInput.object($0, option: "--json") }
            let access = try await ServerAccess.find(remote, source, oneShot)
            let (tool, pairs) = (tool, pairs)
            let result = try await access.withClient(of: server, TerminationSignals()) { client in
                let arguments: ByteBuffer
                if let written {
                    arguments = written
                } else if pairs.isEmpty {
                    arguments = ByteBuffer(string: "{}")
                } else {
                    let known = try await client.tools().first { $0["name"]?.string == tool }
                    arguments = try ToolArguments(pairs: pairs).json(for: known?["inputSchema"])
                }
                return try await client.call(tool, arguments)
            }
            try show(result)
        }
    }

    private func show(_ result: JSONView) throws {
        let isError = result["isError"]?.boolean == true
        if output.isJSON {
            try ShownOutput.write(json: result.bytes)
        } else {
            let parts = Self.parts(of: result)
            if isError {
                for part in parts { Terminal.error(ShownOutput.printable(part)) }
            } else {
                for part in parts { try ShownOutput.write(text: part) }
            }
        }
        if isError {
            Terminal.flush()
            throw ExitCode(1)
        }
    }

    /// Text as it is, everything else as JSON.
    private static func parts(of result: JSONView) -> [String] {
        let content = result["content"]?.elements ?? []
        guard !content.isEmpty else {
            return [ShownOutput.laidOut((result["structuredContent"] ?? result).bytes)]
        }
        return content.map { part in
            guard part["type"]?.string == "text", let text = part["text"]?.string else {
                return ShownOutput.laidOut(part.bytes)
            }
            return text
        }
    }
}
