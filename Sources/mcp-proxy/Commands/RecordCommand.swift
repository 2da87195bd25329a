import ArgumentParser
import MCPCore
import NIOCore
import ProxyControl
import Recordings

extension RecordedBodies: ExpressibleByArgument {}

/// `mcp-proxy record`: what passes a running proxy, as JSON lines.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Records what passes a running proxy on both sides, as JSON lines.",
        discussion: "The recording ends after --seconds, at --max-bytes, with Ctrl-C, or when the server goes."
    )

    @Argument(help: ArgumentHelp("The server.", valueName: "server"))
    var server: String?

    @Flag(name: .customLong("all"), help: "Records all servers.")
    var isForAll = false

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("The file to write, which must not be there; else standard output.", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(help: ArgumentHelp("How long it lasts at most, up to \(RecordingRules.mostSeconds).", valueName: "number"))
    var seconds = RecordingRules.usualSeconds

    @Option(
        name: .customLong("max-bytes"),
        help: ArgumentHelp("How long it may become, up to \(RecordingRules.mostBytes).", valueName: "number"))
    var maximumBytes = RecordingRules.usualBytes

    @Option(help: "How much of messages is written: none, redacted, or full.")
    var bodies = RecordedBodies.redacted

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions

    func validate() throws {
        guard (server == nil) == isForAll else { throw ValidationError("name a server, or --all for all of them") }
        guard (1...RecordingRules.mostSeconds).contains(seconds) else {
            throw ValidationError("--seconds takes 1 to \(RecordingRules.mostSeconds)")
        }
        guard (RecordingRules.fewestBytes...RecordingRules.mostBytes).contains(maximumBytes) else {
            throw ValidationError("--max-bytes takes \(RecordingRules.fewestBytes) to \(RecordingRules.mostBytes)")
        }
    }

    func run() async throws {
        try await CommandFailure.reported("nothing was recorded") {
            let client = ManagementClient(place: try await .find(remote, source))
            let signals = TerminationSignals()
            let file = try RecordingOutput(output)
            let last: JSONView?
            do {
                last = try await RecordingRun(client: client, output: file, signals: signals).run(wish)
            } catch {
                file.removeIfEmpty()
                throw error
            }
            file.removeIfEmpty()
            try tell(last, of: file)
        }
    }

    /// What is asked for, in JSON.
    private var wish: ByteBuffer {
        var wish = JSONObjectWriter()
        wish.add("server", server)
        wish.add("bodies", bodies.rawValue)
        wish.add("seconds", seconds)
        wish.add("maxBytes", maximumBytes)
        return wish.finished
    }

    private func tell(_ last: JSONView?, of file: RecordingOutput) throws {
        guard let end = last?["end"]?.string else {
            throw CommandFailure("the end of the recording did not come; \(file.name) has what was recorded until then")
        }
        let (messages, dropped) = (last?["messages"]?.integer ?? 0, last?["dropped"]?.integer ?? 0)
        let lost = dropped > 0 ? "; \(dropped) more came too fast and are missing" : ""
        let words = "\(messages) messages recorded in \(file.name), ended: \(end)\(lost)"
        Terminal.error(words)
    }
}
