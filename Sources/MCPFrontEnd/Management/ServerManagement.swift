package import MCPGateway
package import MCPValues
package import NIOCore

/// Servers as the management API sees and changes them. Implemented by the program that owns them.
///
/// A change is all or nothing: when one of these functions throws, everything is as it was before. What is to outlive the
/// run is kept before a change is made. Changes to one server come one after another. A name is what stands in the path of the request, or the name that a report shows.
package protocol ServerManagement: MetricsManagement, ToolManagement, GroupManagement, PinManagement, LoginManagement,
    ConfigurationManagement, RecordingManagement
{
    /// Returns what there is to say of every server, in the order of their names.
    func reports() async -> [ServerReport]

    /// Returns what there is to say of one server; nil when there is none of that name.
    func report(of name: String) async -> ServerReport?

    /// Starts a server and publishes it once it has completed the handshake.
    ///
    /// - Parameter configuration: The object that the client sent, as it came.
    func add(_ name: String, _ configuration: ByteBuffer, for caller: ManagementCaller) async throws(ManagementRefusal)
        -> ServerReport

    /// Puts another configuration in the place of a server's own, without a gap: the new one is ready before the old
    /// one is drained. Adds the server when there is none of that name.
    func replace(_ name: String, _ configuration: ByteBuffer, for caller: ManagementCaller)
        async throws(ManagementRefusal) -> ServerReport

    /// Takes no further calls, lets those under way finish, ends the process tree, and withdraws the route.
    ///
    /// - Returns: How many process trees, or sessions at a remote server, had not ended when their time was over.
    func remove(_ name: String, for caller: ManagementCaller) async throws(ManagementRefusal) -> Int

    /// Starts the server anew; a new process or session takes over from the old one when it is ready.
    func restart(_ name: String, for caller: ManagementCaller) async throws(ManagementRefusal) -> ServerReport

    /// Starts a server that was left out, or drains and ends one without forgetting it.
    func setEnabled(_ name: String, _ isEnabled: Bool, for caller: ManagementCaller) async throws(ManagementRefusal)
        -> ServerReport

    /// Returns the tools that clients of the server see. Nothing is started for this.
    func tools(of name: String) async throws(ManagementRefusal) -> ToolPages.List

    /// Returns the recent events and error output of a server; nil when there is none of that name.
    func journal(of name: String) async -> ServerJournal?

    /// Reads the configuration again and applies what has changed.
    ///
    /// - Parameter isRehearsal: Whether only to say what would happen.
    func reload(isRehearsal: Bool, for caller: ManagementCaller) async throws(ManagementRefusal) -> ReloadReport
}

/// Says who asks for a change, and how far they may go.
package struct ManagementCaller: Sendable {
    package let principal: Principal
    /// What they had the right to when they asked; `none` for somebody who has shown nothing. Nothing starts a process for
    /// whom has not the right to that.
    package let right: ManagementRight
    /// What they have shown of who they are.
    let shown: ShownCredential

    /// Whether what they have shown was taken away since.
    package var isWithdrawn: Bool { shown.isRevoked }

    /// Whether they have shown something that opens the management API.
    package var isKnown: Bool { right > .none }

    package init(principal: Principal, right: ManagementRight) {
        self.init(principal: principal, right: right, shown: .none)
    }

    init(principal: Principal, right: ManagementRight, shown: ShownCredential) {
        self.principal = principal
        self.right = right
        self.shown = shown
    }
}

/// Says where a server's configuration came from.
package enum ServerSource: String, Sendable {
    case file
    case api
    case adHoc = "ad-hoc"
}

/// Holds what there is to say of one server at one moment.
package struct ServerReport: Sendable, Equatable {
    /// The name as clients may see it: what may be a token in it is masked.
    package var name: String
    /// The path of its routes, with a slash at the end.
    package var path: String
    package var source: ServerSource
    package var status: ServerStatus
    /// The era in which it is spoken to; nil before that is known.
    package var era: String?
    /// When it came to its state, in seconds since 1970.
    package var since: Int
    /// How many requests it was sent since it was added.
    package var calls: Int
    /// How many of them are under way.
    package var callsInFlight: Int
    /// What of it is kept from clients until somebody approves it; nil for nothing.
    package var withheld: WithheldPins?

    package init(
        name: String, path: String, source: ServerSource, status: ServerStatus, era: String?, since: Int, calls: Int,
        callsInFlight: Int
    ) {
        self.name = name
        self.path = path
        self.source = source
        self.status = status
        self.era = era
        self.since = since
        self.calls = calls
        self.callsInFlight = callsInFlight
    }
}

/// Holds what a reload has changed, or would change.
package struct ReloadReport: Sendable, Equatable {
    package var added: [String] = []
    package var removed: [String] = []
    package var changed: [String] = []
    package var unchanged = 0
    /// Keys that have changed and take effect only after a restart of the proxy.
    package var needsRestart: [String] = []
    /// Servers that could not be started, each with the reason; they are tried again.
    package var failed: [String: String] = [:]
    /// The same for people, a line each.
    package var lines: [String] = []

    package init() {}
}

/// Says why the management API does not do what it was asked for.
package struct ManagementRefusal: Error, Sendable, Equatable {
    /// The kinds of refusal, each with an HTTP status and a problem type of its own.
    package enum Kind: String, Sendable, CaseIterable {
        /// 404: there is no server of that name.
        case unknownServer = "unknown-server"
        /// 404: there is no group of that name.
        case unknownGroup = "unknown-group"
        /// 404: there is no recording of that name.
        case unknownRecording = "unknown-recording"
        /// 409: a server or a group has it already.
        case nameTaken = "name-taken"
        /// 409: another change to the same server is under way, or it cannot be changed in this way.
        case conflict
        /// 422: the configuration cannot be used; `problems` say why.
        case invalidConfiguration = "invalid-configuration"
        /// 422: the server did not start; `errorOutput` holds its last words.
        case serverFailed = "server-failed"
        /// 403: not with what the caller has shown, or not with this configuration of the proxy.
        case forbidden
        /// 429: too many servers, recordings or changes.
        case quota
        /// 507: the change cannot be kept for the next start, and was not made.
        case notKept = "not-kept"
        /// 503: the audit cannot be written, and nothing is changed without it.
        case notAudited = "not-audited"
        /// 503: the proxy is about to end.
        case shuttingDown = "shutting-down"
    }

    package let kind: Kind
    /// What happened and what to do, in a sentence.
    package let detail: String
    /// What is wrong with the configuration, a line each.
    package var problems: [String] = []
    /// The last lines of the server's standard error.
    package var errorOutput: [String] = []

    package init(_ kind: Kind, _ detail: String, problems: [String] = [], errorOutput: [String] = []) {
        self.kind = kind
        self.detail = detail
        self.problems = problems
        self.errorOutput = errorOutput
    }
}
