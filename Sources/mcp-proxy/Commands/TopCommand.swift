import ArgumentParser
import TopScreen

/// `mcp-proxy top`: how the servers of a running proxy do, live.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Shows how the servers of a running proxy do, live.",
        discussion: """
            Keys: q quits, j and k or the arrows scroll, s changes the order (name, calls, errors, p99, memory), / shows \
            servers with a text in their name or state, r asks at once, ? says more.
            """)

    @Option(
        help: ArgumentHelp("How often the proxy is asked, such as 500ms, 2s or 1m.", valueName: "time"),
        transform: PollInterval.init(text:))
    var interval = PollInterval.usual

    @Flag(help: "Prints one table and ends, as it does where standard output is no terminal.")
    var once = false

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await CommandFailure.reported("nothing was shown") {
            let place = try await ProxyPlace.find(remote, source)
            let source = MomentSource(ManagementClient(place: place))
            let signals = TerminationSignals(countsHangups: true)
            let first = try await Interruption.race(signals) { try await Self.first(of: source) }
            if output.isJSON { return try ShownOutput.write(json: MomentJSON.text(of: MomentHistory(first))) }
            guard isLive else {
                return try ShownOutput.write(table: TopPage(first).text(columns: TerminalSize.current?.columns))
            }
            await TopRun(source, every: interval.duration).run(from: first, until: signals)
        }
    }

    /// Whether there is somebody who looks, at a terminal that can show a page.
    private var isLive: Bool {
        let kind = EnvironmentVariable.value(of: "TERM") ?? ""
        return !once && StandardOutput.isTerminal && !kind.isEmpty && kind != "dumb"
    }

    /// A proxy that is not there at the start is an error, as for every command.
    private static func first(of source: MomentSource) async throws -> ProxyMoment {
        do {
            return try await source.moment()
        } catch let error as ManagementClient.NoProxy {
            throw CommandFailure("\(error.words); start it, or name another one with --proxy")
        }
    }
}
