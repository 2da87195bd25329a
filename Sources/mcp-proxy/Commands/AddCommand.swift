import ArgumentParser
import ClientFiles
import MCPCore
import MCPUpstream
import NIOCore
import ProxyConfiguration

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `mcp-proxy add`: adds a server to a running proxy.
struct AddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Adds a server to a running proxy, without changing its configuration file.",
        usage: """
            mcp-proxy add <name> --url <url> [--header <header>]
            mcp-proxy add <name> [--env <name=value>] -- <command> [<argument> ...]
            mcp-proxy add <name> --json <config>
            """
    )

    @Argument(help: ArgumentHelp("What it is to be called.", valueName: "name"))
    var name: String

    @Argument(parsing: .postTerminator, help: ArgumentHelp("What starts it, after --.", valueName: "command"))
    var command: [String] = []

    @Option(help: ArgumentHelp("Where it is.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("How the URL is spoken to: sse or streamable-http; found out by default."))
    var transport: String?

    @Option(
        name: .customLong("header"), parsing: .singleValue,
        help: ArgumentHelp("A header for the URL, 'Name: value'; may be repeated.", valueName: "header"))
    var headers: [String] = []

    @Option(
        name: .customLong("env"), parsing: .singleValue,
        help: ArgumentHelp(
            "A variable for the command; without a value it is taken from here. May be repeated.",
            valueName: "name[=value]"))
    var variables: [String] = []

    @Option(
        help: ArgumentHelp(
            "The configuration, as it would stand under mcpServers; - reads it from standard input.",
            valueName: "config"))
    var json: String?

    @Flag(help: "Takes the place of a server of that name, without a gap.")
    var replace = false

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions

    func validate() throws {
        guard [url != nil, !command.isEmpty, json != nil].count(where: \.self) == 1 else {
            throw ValidationError("name one of --url URL, -- COMMAND or --json CONFIG")
        }
        guard url != nil || (headers.isEmpty && transport == nil) else {
            throw ValidationError("--header and --transport go with --url")
        }
        if command.count == 1, let words = OtherPrograms.commandLine(command[0]) {
            throw ValidationError(
                "the command is one text with \(words.count) words; write each by itself, as in -- docker run -i image")
        }
        guard !command.isEmpty || variables.isEmpty else { throw ValidationError("--env goes with a command") }
        for header in headers where Self.split(header, at: ":") == nil {
            throw ValidationError("\"\(header.prefix(20))\" is no header; write 'Name: value'")
        }
    }

    func run() async throws {
        try await CommandFailure.reported("nothing was added") {
            let configuration = try configuration()
            var body = ByteBuffer(string: #"{"name":"#)
            body.writeJSONString(name)
            body.writeString(#","config":"#)
            body.writeImmutableBuffer(configuration)
            body.writeString("}")
            let client = ManagementClient(place: try await .find(remote, source))
            Interruption.tellWaiting("starting \(ServerName.redacted(name))…")
            let answer =
                replace
                ? try await client.answer(.put, ManagementClient.path(name), body)
                : try await client.answer(.post, "servers", body)
            try client.show(answer)
            if let path = answer["path"]?.string { Terminal.error("clients find it at \(client.url(ofPath: path))mcp") }
        }
    }

    private func configuration() throws(CommandFailure) -> ByteBuffer {
        if let json { return try StandardInput.object(json, option: "--json") }
        var members: [(String, ConfigurationNode)]
        if let url {
            members = [("url", .text(url))]
            if let transport { members.append(("transportType", .text(transport))) }
            let fields = headers.compactMap { Self.split($0, at: ":") }
            if !fields.isEmpty { members.append(("headers", .object(fields.map { ($0.0, .text($0.1)) }))) }
        } else {
            members = [("command", .text(command[0])), ("args", .list(command.dropFirst().map { .text($0) }))]
            let pairs = try variables.map { variable throws(CommandFailure) in try Self.variable(variable) }
            if !pairs.isEmpty { members.append(("env", .object(pairs.map { ($0.0, .text($0.1)) }))) }
        }
        return ByteBuffer(string: JSONLayout().text(of: .object(members)))
    }

    /// A variable with the value that is written, or that it has here.
    private static func variable(_ text: String) throws(CommandFailure) -> (String, String) {
        if let pair = split(text, at: "=", isTrimmed: false) { return pair }
        guard let value = ProcessInfo.processInfo.environment[text] else {
            throw CommandFailure("--env \(text): there is no such variable here; write \(text)=value")
        }
        return (text, value)
    }

    private static func split(_ text: String, at separator: Character, isTrimmed: Bool = true) -> (String, String)? {
        guard let index = text.firstIndex(of: separator), index != text.startIndex else { return nil }
        let value = text[text.index(after: index)...]
        guard isTrimmed else { return (String(text[..<index]), String(value)) }
        return (String(text[..<index]), String(value.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
    }
}
