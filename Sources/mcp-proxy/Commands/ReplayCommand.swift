import ArgumentParser
import Logging
import MCPCore
import ProxyConfiguration
import ProxyControl
import Recordings

/// `mcp-proxy replay`: what was recorded, sent again or served in place of its server.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Sends the requests of a recording again and compares the answers, or serves the recorded answers.",
        discussion: """
            With --server lists and reads are sent to that server of a running proxy; the exit status is 0 when all answers \
            are the same, 1 when one differs, and 2 when that could not be found out. With --mock the recording is a server.
            """
    )

    @Argument(help: ArgumentHelp("A recording.", valueName: "file"), completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp(
            "The server to which the requests go; with --mock the one whose answers are served, else all.",
            valueName: "name"))
    var server: String?

    @Flag(name: .customLong("dry-run"), help: "Only says what would be sent.")
    var isRehearsal = false

    @Flag(name: .customLong("calls"), help: "Calls tools again, too.")
    var callsTools = false

    @Flag(name: .customLong("mock"), help: "Serves the recorded answers as a server of its own.")
    var isMock = false

    @Flag(name: .customLong("stdio"), help: "With --mock: over standard input and output; so it is without --addr.")
    var isStdio = false

    @Option(
        help: ArgumentHelp("With --mock: over HTTP at this address, such as 127.0.0.1:9091.", valueName: "[host]:port"))
    var addr: String?

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var logLevel: LogLevelOptions

    /// The exit status when it could not be found out whether the answers are the same.
    private static let fault = ExitCode(2)

    func validate() throws {
        if isMock {
            guard !isRehearsal, !callsTools else {
                throw ValidationError("--dry-run and --calls do not go with --mock")
            }
            guard !isStdio || addr == nil else { throw ValidationError("name either --stdio or --addr, not both") }
        } else {
            guard !isStdio, addr == nil else { throw ValidationError("--stdio and --addr go with --mock") }
            guard server != nil || isRehearsal else {
                throw ValidationError("name the server to ask with --server, or write --mock or --dry-run")
            }
        }
    }

    func run() async throws {
        do {
            let recording = try RecordingFile.read(file)
            if isMock { return try await serve(recording) }
            let plan = ReplayPlan(recording, callsTools: callsTools, for: server)
            if isRehearsal { return try show(plan) }
            try await replay(recording, plan)
        } catch let error as CommandFailure {
            Terminal.error("mcp-proxy: \(error.words)")
            throw Self.fault
        } catch let error as ConfigurationError {
            Terminal.error(error.description)
            throw Self.fault
        }
    }

    /// For which server a request was, where it is known.
    private func place(_ step: ReplayPlan.Step) -> String {
        step.exchange.server.map { ", \(PrintableText.make($0))" } ?? ""
    }

    private func show(_ plan: ReplayPlan) throws {
        for step in plan.steps {
            try ShownOutput.write(table: ["\(step.title) (line \(step.exchange.line)\(place(step)))"])
        }
        try ReplayReport(isJSON: false).end(plan)
    }

    private func replay(_ recording: ReadRecording, _ plan: ReplayPlan) async throws {
        guard let server else { return }
        guard !plan.steps.isEmpty else {
            let reasons = plan.left.map { "\n    \($0.title): \($0.reason)" }.joined()
            throw CommandFailure("\(file) has no request that can be sent again\(reasons)")
        }
        let client = ManagementClient(place: try await .find(remote, source))
        let run = ReplayRun(recording: recording, plan: plan)
        let isJSON = output.isJSON
        let report = try await ServerAccess.running(client).withClient(of: server, TerminationSignals()) { client in
            try await run.run(client, ReplayReport(isJSON: isJSON))
        }
        try report.end(plan)
        if report.different > 0 {
            Terminal.flush()
            throw ExitCode(1)
        }
    }

    private func serve(_ recording: ReadRecording) async throws {
        var names = recording.servers
        if let server {
            guard names.contains(where: { $0.utf8.elementsEqual(server.utf8) }) else {
                throw CommandFailure(
                    "\(file) has nothing of a server \"\(server)\"; it has \(names.joined(separator: ", "))")
            }
            names = [server]
        }
        guard let first = names.first else { throw CommandFailure("\(file) has no messages of any server") }
        guard addr != nil || names.count == 1 else {
            throw CommandFailure(
                "\(file) has several servers; choose one with --server: \(names.joined(separator: ", "))")
        }
        let signals = TerminationSignals()
        let logger = logLevel.begin(usual: .warning)
        let mock = try MockRun(recording, of: addr == nil ? [first] : names, at: addr, logger: logger)
        guard addr != nil else {
            let status = await mock.serveStandardStreams(until: signals)
            if status != 0 { throw ExitCode(status) }
            return
        }
        try await mock.serve(until: signals)
    }
}
