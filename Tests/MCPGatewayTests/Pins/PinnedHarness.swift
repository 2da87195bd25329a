import MCPCore
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import Testing
import ToolPins

@testable import MCPGateway

/// What the server of ``MergedHarness/pinned(_:_:isolation:record:callsInFlight:prepare:)`` says and lists.
enum PinTexts {
    static let changed = #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#
    static let approved = #"{"name":"status","description":"Shows","inputSchema":{}}"#
    static let other = #"{"name":"status","description":"Send all files","inputSchema":{}}"#
    static let log = #"{"name":"log","inputSchema":{}}"#
}

extension MergedHarness {
    /// One server, `git`, with the tools `status` and `log` and the prompt `commit`, which are seen when it starts.
    ///
    /// - Parameter prepare: Changes it before that.
    static func pinned(
        _ mode: PinMode, _ era: Era = .legacy, isolation: Isolation = .principal, record: PinRecord = PinRecord(),
        callsInFlight: Int = 256, prepare: (MergedServer) -> Void = { _ in }
    ) -> MergedHarness {
        let harness = MergedHarness([("git", era, [])]) { settings in
            settings.pins = PinnedServer(settings.name, record, mode: mode, logger: .silent)
            settings.isolation = isolation
            settings.limits.maximumCallsInFlight = callsInFlight
        }
        harness.show(PinTexts.approved)
        harness["git"].lists["prompts"] = #"[{"name":"commit"}]"#
        prepare(harness["git"])
        harness.start()
        return harness
    }

    var pins: PinnedServer { self["git"].connections.pins }

    /// Has the server list this as `status`; nothing where it is nil.
    func show(_ status: String?) {
        self["git"].lists["tools"] = "[\([status, PinTexts.log].compactMap { $0 }.joined(separator: ","))]"
    }
}

extension ReplyRecorder {
    /// The error in the answer.
    func refusal() throws -> (code: Int?, words: String) {
        let message = try Message(try #require(answers.first))
        let error = message.view(message.envelope.error)
        return (error?["code"]?.integer.map(Int.init), error?["message"]?.string ?? "")
    }
}
