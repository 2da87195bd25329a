import ArgumentParser
import MCPCore
import MCPUpstream
import MCPValues
import NIOCore
import ProxyConfiguration
import ProxyControl
import ToolPins

/// `mcp-proxy check`: says what is wrong with a configuration without starting anything.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks the configuration and starts nothing."
    )

    @Argument(
        help: ArgumentHelp("The configuration, as with --config.", valueName: "path or url"), completion: .file())
    var file: String?

    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var remote: RemoteOptions

    @Flag(
        name: .customLong("against-running"),
        help:
            "Also asks the running proxy what a reload would change, and which names it offers changed, or not at all.")
    var isAgainstRunning = false

    @OptionGroup var sharedPins: SharedPinsOptions

    func validate() throws {
        guard isAgainstRunning || (remote.proxy == nil && remote.token == nil) else {
            throw ValidationError("--proxy and --token go with --against-running")
        }
        guard file == nil || source.config == ConfigurationOptions.defaultPath else {
            throw ValidationError("name the configuration once: \(file ?? "") or \(source.config)")
        }
    }

    func run() async throws {
        var source = source
        source.config = file ?? source.config
        let loaded: LoadedConfiguration
        do {
            loaded = try await source.load()
        } catch let error as ConfigurationError {
            Terminal.error(error.description)
            throw Self.end(with: error.problems)
        }
        let problems =
            loaded.warnings + source.commandWarnings(loaded.settings.servers)
            + source.certificateWarnings(loaded.settings) + source.keyWarnings(loaded.settings)
            + source.listenerProblems(loaded.settings)
        for notice in loaded.notices { Terminal.error("notice: \(notice)") }
        for problem in problems { Terminal.error(problem.description) }
        if problems.contains(where: { $0.severity == .error }) { throw Self.end(with: problems) }
        let names = loaded.settings.servers.map(Self.words)
        let list = names.isEmpty ? "no servers" : names.joined(separator: ", ")
        let count = problems.isEmpty ? "" : ", \(problems.count) warning(s)"
        let offers = OfferTable(loaded.settings).lines
        if !offers.isEmpty { try ShownOutput.write(table: offers + [""]) }
        Terminal.print("the configuration is valid\(count): \(list)")
        let shared = try await pinsOfFile(loaded.settings)
        if isAgainstRunning { try await askRunning(source, shared) }
    }

    /// Counts the errors.
    private static func end(with problems: [ConfigurationProblem]) -> ExitCode {
        let count = problems.count { $0.severity == .error }
        Terminal.error("mcp-proxy: \(count == 1 ? "1 problem" : "\(count) problems") in the configuration")
        return ExitCode(1)
    }

    /// The name of a server, and why it will not run.
    private static func words(_ server: ServerSettings) -> String {
        if server.options.disabled { return server.displayName + " (disabled)" }
        return server.displayName + (server.cannotStart.map { " (failed: \($0))" } ?? "")
    }

    /// What a team has approved, where that is to be checked.
    private func pinsOfFile(_ settings: ProxySettings) async throws -> [ByteText: PinRecord]? {
        guard let pins = sharedPins.path else { return nil }
        var shared: [ByteText: PinRecord] = [:]
        try await CommandFailure.reported("the file of --pins cannot be used") {
            shared = try SharedPins.read(pins)
        }
        let known = Set(settings.servers.map { ByteText($0.displayName) })
        for name in shared.keys.sorted() where !known.contains(name) {
            Terminal.error("warning: \(pins) speaks of \(ShownOutput.printable(name.text)), which is no server here")
        }
        Terminal.print("\(pins) can be used: \(shared.count) server(s)")
        return shared
    }

    private func askRunning(_ source: ConfigurationOptions, _ shared: [ByteText: PinRecord]?) async throws {
        var isDifferent = false
        try await CommandFailure.reported("what a reload would change is not known") {
            let client = ManagementClient(place: try await .find(remote, source))
            let report = try await client.reload(isRehearsal: true)
            let lines = report["lines"]?.elements.compactMap(\.string) ?? []
            let title = "a reload of the proxy at \(client.place.shown) would change"
            try ShownOutput.write(table: lines.isEmpty ? ["\(title) nothing"] : ["\(title):"] + lines)
            try ShownOutput.write(table: try await RunningOffers(client: client).remarks())
            let pins = try await RunningPins(client: client).remarks()
            if !pins.isEmpty { try ShownOutput.write(table: pins) }
            guard let shared else { return }
            let unapproved = try await RunningPins(client: client).unapproved()
            let text = try await client.answer(.get, "pins.json").text
            let running = try KnownPins.shared(Array(text.readableBytesView), of: "the running proxy's pins")
            let differences = PinsComparison(file: shared, running: running).lines
            isDifferent = !differences.isEmpty || !unapproved.isEmpty
            for name in try await RunningPins(client: client).names(notIn: shared) {
                Terminal.error(
                    "warning: \(sharedPins.path ?? "") says nothing of server \(ShownOutput.printable(name)): there counts what the proxy has seen itself, or was approved there"
                )
            }
            try ShownOutput.write(
                table: differences.isEmpty
                    ? ["the running proxy has approved what the file says"]
                    : ["the running proxy differs from the file:"] + differences.map { "    \($0)" })
            guard !unapproved.isEmpty else { return }
            try ShownOutput.write(
                table: ["its servers show what nobody has approved:"] + unapproved.map { "    \($0)" })
        }
        if isDifferent { throw ExitCode(1) }
    }
}
