import ArgumentParser
import MCPCore
import MCPUpstream
import NIOCore
import ProxyControl

/// `mcp-proxy logs`: what happened to a server lately.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Prints recent error output and events of a server of a running proxy.")

    @Argument(help: ArgumentHelp("The server.", valueName: "server"))
    var server: String

    @Flag(
        name: [.customShort("f"), .long], help: "Goes on with what comes, until Ctrl-C or until the server has gone.")
    var follow = false

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await CommandFailure.reported("nothing was read") {
            let client = ManagementClient(place: try await .find(remote, source))
            if follow { return try await followAll(client) }
            let answer = try await client.answer(.get, ManagementClient.path(server, "logs"))
            if output.isJSON { return try ShownOutput.write(json: answer.bytes) }
            for entry in answer["entries"]?.elements ?? [] { try show(entry) }
        }
    }

    /// How many entries may wait for a terminal that does not read; the oldest give way.
    private static let maximumWaiting = 10_000

    private func followAll(_ client: ManagementClient) async throws {
        let path = ManagementClient.path(server, "logs?follow=true")
        let signals = TerminationSignals()
        let (events, source) = AsyncStream.makeStream(
            of: ServerSentEvent.self, bufferingPolicy: .bufferingNewest(Self.maximumWaiting))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { source.finish() }
                try await client.followAnswer(path) { source.yield($0) }
            }
            group.addTask {
                await signals.arrivals.wait(past: 0)
                source.finish()
            }
            // Who has followed long enough, or reads no more, ends the stream with it.
            defer { group.cancelAll() }
            for await event in events {
                guard event.name != "end" else {
                    Terminal.error("the server \"\(server)\" has gone")
                    return
                }
                // An event of the API is JSON; another one has nothing to show.
                guard let entry = (try? JSONText(scanning: event.data))?.root else { continue }
                try show(entry)
            }
            if signals.arrivals.current == 0 { try await group.next() }
        }
    }

    private func show(_ entry: JSONView) throws {
        if output.isJSON { return try StandardOutput.write(String(buffer: entry.bytes)) }
        let mark = entry["kind"]?.string == "stderr" ? "|" : "*"
        try ShownOutput.write(
            text: "\(entry["time"]?.string ?? "") \(mark) \(ShownOutput.printable(entry["text"]?.string ?? ""))")
    }
}
