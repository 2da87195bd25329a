import MCPCore
import MCPGateway
import MCPTestSupport
import MCPUpstream
import MCPValues
import Metrics
import NIOCore
import Recordings
import Synchronization
import ToolPins

@testable import MCPFrontEnd

/// Stands for the program that owns the servers: does what a test says, and remembers what it was asked.
final class ScriptedServers: ServerManagement {
    private let names: Mutex<[String]>
    let asked = Mutex<[String]>([])
    let journal = ServerJournal(maximumEntries: 100)
    let recorder = Recorder(proxy: "1")
    /// What every change is refused with, if with anything.
    let refusal = Mutex<ManagementRefusal?>(nil)
    /// Told whenever something begins.
    let beginnings = EventQueue<String>()
    /// What a change to the server "slow" waits for.
    let gate = EventQueue<Void>()
    let endings = EventQueue<String>()

    init(_ names: [String] = ["fetch"]) {
        self.names = Mutex(names)
    }

    func metrics(in format: ExpositionFormat) async -> ByteBuffer {
        asked.withLock { $0.append("metrics \(format)") }
        return ByteBuffer(string: "# EOF\n")
    }

    static let tool = ToolDirectory.Tool(
        server: "fetch",
        definition: ByteBuffer(string: #"{"name":"get","title":"Get","description":"Gets a page","inputSchema":{}}"#),
        isWithheld: true)

    func allTools(for caller: ManagementCaller) async -> [ToolDirectory.Tool] {
        asked.withLock { $0.append("all tools") }
        return [Self.tool]
    }

    func findTools(
        _ words: String, limit: Int, for caller: ManagementCaller
    ) async -> (tools: [ToolDirectory.Tool], unmatched: [String]) {
        asked.withLock { $0.append("find \(limit) \(words)") }
        return ([Self.tool], ["quickly"])
    }

    func places(ofTool tool: String, at server: String) async throws(ManagementRefusal) -> [ToolPlace] {
        asked.withLock { $0.append("places of \(tool) at \(server)") }
        guard server == "fetch" else { throw .unknown(server) }
        return [
            ToolPlace(route: "fetch", path: "/fetch/", name: tool, isOpen: false, clients: ["ann"], tokens: ["token 1"])
        ]
    }

    func configuration() async -> ConfigurationReport {
        var report = ConfigurationReport(source: "config.json")
        var value = ConfigurationReport.Value(key: "mcpProxy.addr", text: nil, origin: "environment")
        (value.names, value.line, value.column) = (["ADDR"], 2, 3)
        (report.values, report.warnings) = ([value], ["config.json:1:1: warning: it is odd."])
        report.options = [ConfigurationReport.Value(key: "--config", text: "config.json", origin: "default")]
        return report
    }

    /// Each request as a line.
    var requests: [String] { asked.withLock { $0 } }

    static func report(_ name: String) -> ServerReport {
        var status = ServerStatus()
        status.state = .ready
        status.transport = "stdio"
        status.error = "it ended once"
        status.errorOutput = ["last words"]
        status.processID = 42
        status.protocolVersion = "2025-11-25"
        (status.tools, status.prompts, status.resources) = (3, 0, 1)
        (status.note, status.pendingChange, status.callError) = ("a note", "it does not start", "it answered 503")
        status.sessionsLost = 1
        status.circuit = CircuitBreaker.Report(failures: 5, nextProbe: .now() + .seconds(9), reason: "refused")
        var report = ServerReport(
            name: name, path: "/\(name)/", source: name.hasPrefix("adhoc") ? .adHoc : .file, status: status,
            era: "legacy", since: 1_795_472_217,
            calls: 7, callsInFlight: 1)
        report.withheld = WithheldPins(count: 2, isBlocked: false, words: "2 tools and prompts are withheld")
        return report
    }

    // MARK: Pins

    private static let definition = PinnedDefinition(
        .tool, JSONText(accepted: ByteBuffer(string: #"{"name":"log","description":"b"}"#)).root)

    static func pins(_ name: String) -> PinReport {
        var report = PinReport(name: name, mode: .quarantine, keeping: "state")
        let subject = PinnedName(.tool, ByteText("log"))
        let old = PinnedDefinition(
            .tool, JSONText(accepted: ByteBuffer(string: #"{"name":"log","description":"a"}"#)).root)
        report.pins = [.init(subject: subject, digests: [old.digest])]
        report.changes = [PinChange(subject: subject, definition: definition, approved: old)]
        report.changeCount = 1
        report.flags = [PinFlag(server: ByteText(name), subject: subject, words: "mentions another tool")]
        report.fault = "pins.json has gone"
        report.full = "there is no room for more"
        report.unread = ["tools/list could not be read, for it was not answered"]
        return report
    }

    func pinReports() async -> [PinReport] { names.withLock { $0 }.map(Self.pins) }

    func pinReport(of name: String) async -> PinReport? {
        names.withLock { $0.contains(name) } ? Self.pins(name) : nil
    }

    func pinText() async -> ByteBuffer { PinText.write([:]) }

    func approve(
        _ wish: PinApproval, of name: String, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> PinReport {
        let names = wish.subjects?.map { "\($0.kind) \($0.name)" }.sorted().joined(separator: ",") ?? "all"
        asked.withLock { $0.append("approve \(name) \(names) \(wish.digests?.count ?? -1)") }
        if let refusal = refusal.withLock({ $0 }) { throw refusal }
        guard var report = await pinReport(of: name) else { throw .unknown(name) }
        (report.approved, report.changes) = (report.changes, [])
        return report
    }

    // MARK: Groups

    private static func group(_ name: String) -> GroupReport {
        var offered = OfferReport()
        offered.servers = [.init(name: "git", prefix: "git", isKnown: true)]
        offered.entries = [.init(list: "tools", offered: "git__log", server: "git", name: "log")]
        offered.hidden = [
            .init(list: "tools", server: "git", name: "push", rule: "the pattern \"!*push\" of the group")
        ]
        offered.findings = ["a pattern matches nothing"]
        return GroupReport(name: name, path: "/\(name)/", source: .file, offered: offered)
    }

    func groupReports() async -> [GroupReport] { names.withLock { $0 }.map(Self.group) }

    func groupReport(of name: String) async -> GroupReport? {
        names.withLock { $0.contains(name) } ? Self.group(name) : nil
    }

    func putGroup(
        _ name: String, _ configuration: ByteBuffer, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> GroupReport {
        _ = try await change("put group \(name) \(String(buffer: configuration))", name, caller)
        return Self.group(name)
    }

    func removeGroup(_ name: String, for caller: ManagementCaller) async throws(ManagementRefusal) {
        guard names.withLock({ $0.contains(name) }) else { throw .unknownGroup(name) }
        _ = try await change("remove group \(name)", name, caller)
    }

    // MARK: Servers

    func change(_ line: String, _ name: String, _ caller: ManagementCaller) async throws(ManagementRefusal)
        -> ServerReport
    {
        asked.withLock { $0.append("\(line) by \(caller.principal.name) \(caller.isKnown)") }
        beginnings.add(line)
        if name == "slow" {
            // The test fails elsewhere when nothing opens the gate.
            try? await gate.next()
        }
        endings.add(line)
        if let refusal = refusal.withLock({ $0 }) { throw refusal }
        return Self.report(name)
    }

    func existing(_ name: String) throws(ManagementRefusal) {
        guard names.withLock({ $0.contains(name) }) else { throw .unknown(name) }
    }

    func reports() async -> [ServerReport] { names.withLock { $0 }.map { Self.report($0) } }

    func report(of name: String) async -> ServerReport? {
        names.withLock { $0.contains(name) } ? Self.report(name) : nil
    }

    func add(_ name: String, _ configuration: ByteBuffer, for caller: ManagementCaller)
        async throws(ManagementRefusal) -> ServerReport
    {
        try await change("add \(name) \(String(buffer: configuration))", name, caller)
    }

    func replace(_ name: String, _ configuration: ByteBuffer, for caller: ManagementCaller)
        async throws(ManagementRefusal) -> ServerReport
    {
        try await change("replace \(name) \(String(buffer: configuration))", name, caller)
    }

    func remove(_ name: String, for caller: ManagementCaller) async throws(ManagementRefusal) -> Int {
        try existing(name)
        _ = try await change("remove \(name)", name, caller)
        return name.hasPrefix("stubborn") ? 1 : 0
    }

    func restart(_ name: String, for caller: ManagementCaller) async throws(ManagementRefusal) -> ServerReport {
        try existing(name)
        return try await change("restart \(name)", name, caller)
    }

    func setEnabled(_ name: String, _ isEnabled: Bool, for caller: ManagementCaller) async throws(ManagementRefusal)
        -> ServerReport
    {
        try existing(name)
        return try await change("\(isEnabled ? "enable" : "disable") \(name)", name, caller)
    }

    func tools(of name: String) async throws(ManagementRefusal) -> ToolPages.List {
        try existing(name)
        return ToolPages.List(tools: ByteBuffer(string: #"[{"name":"get"}]"#), withheld: ["put"])
    }

    func journal(of name: String) async -> ServerJournal? {
        names.withLock { $0.contains(name) } ? journal : nil
    }

    func reload(isRehearsal: Bool, for caller: ManagementCaller) async throws(ManagementRefusal) -> ReloadReport {
        _ = try await change("reload \(isRehearsal)", "", caller)
        var report = ReloadReport()
        report.added = ["new"]
        report.failed = ["bad": "no such program"]
        report.lines = ["+ new"]
        return report
    }
}
