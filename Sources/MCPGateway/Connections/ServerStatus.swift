package import MCPCore
package import MCPUpstream
package import NIOCore

/// Holds what can be told about a server at one moment.
package struct ServerStatus: Sendable, Equatable {
    /// Says whether clients can use the server.
    package enum State: String, Sendable, CaseIterable {
        case starting
        case ready
        case failed
        case disabled
        /// It can be asked nothing before somebody has logged in to it.
        case loginNeeded = "login needed"
        /// It can be asked nothing but for callers who come with an access token.
        case tokenNeeded = "token needed"
        /// It lets in callers only who bring credentials of theirs, and none has come yet.
        case headerNeeded = "header needed"
    }

    package var state = State.starting
    /// When it came to that state.
    package var since = NIODeadline.now()
    /// What everybody is to know who looks at the server; nil for nothing.
    package var note: String?
    /// How the server is reached, in a word.
    package var transport = ""
    /// Why it failed last; for the operator.
    package var error: String?
    /// What kind of failure that is.
    package var errorCode: UpstreamFailure.Code?
    /// How it stands with its login; nil where it is not known to want one.
    package var login: ServerLogin?
    /// Which header fields it wants of callers, where it has let in nobody without.
    package var wantedHeaders: [String] = []
    /// Why what it is changed to does not start yet, while it serves as it was; for the operator.
    package var pendingChange: String?
    /// Why a call failed last although the server is there; for the operator. nil once it has become ready anew.
    package var callError: String?
    /// That calls fail at once because it has failed again and again; nil when they do not.
    package var circuit: CircuitBreaker.Report?
    /// The last lines of its standard error.
    package var errorOutput: [String] = []
    package var processID: Int32?
    package var restarts = 0
    /// How often it has said that it does not know a session that it had opened.
    package var sessionsLost = 0
    package var protocolVersion: String?
    /// The era in which it was last spoken to.
    package var era: Era?
    /// How many it lists; nil as long as it has not been asked.
    package var tools: Int?
    package var prompts: Int?
    package var resources: Int?
    /// Whether its lists have been read since it became ready.
    package var isCatalogKnown = false

    package init() {}
}
