import Logging
package import MCPUpstream
package import MCPValues
package import Metrics
package import NIOCore
package import Recordings

/// Says how a server's connections are made and shared.
package struct ServerConnectionSettings: Sendable {
    package var name: String
    /// The name for logs and status; differs from the key where that holds a token.
    package var displayName: String
    /// How the server is reached, in a word for people.
    package var transport: String
    /// Where a remote server is; nil for a program.
    package var address: (host: String, port: Int)?
    /// What everybody is to know who looks at the server; nil for nothing.
    package var note: String?
    /// Whether every connection is a process, which is costly to start.
    package var startsProcesses = true
    package var isolation: Isolation
    package var limits: UpstreamLimits
    package var idleTimeout: Duration
    /// What the proxy says of itself where no client is meant.
    package var ownClientInfo: ByteBuffer
    /// Which tools are counted.
    package var toolFilter: ToolFilter?
    /// Whether a line in the log names the tools.
    package var namesTools = false
    /// Whose connection is opened first, before any client has come.
    package var firstPrincipal: Principal
    /// Whether the server is there for one client, which has brought it: what was opened before it came and does not suit
    /// it is of no use to anybody.
    package var servesOneClient = false
    /// Whether there is one client only, for which the first connection is opened as soon as it has introduced itself.
    package var beginsWithItsClient = false
    /// Whether it is offered together with others, so that all that it lists has to be known.
    package var isOfferedWithOthers = false
    /// Where it says that what it lists has changed.
    package var catalogBoard = CatalogBoard()
    /// How connections to a server without sessions are shared; by everybody, unless something else is asked for.
    package var statelessIsolation = Isolation.shared
    /// Which era the server is spoken to in.
    package var era: EraChoice = .detected
    /// What caches are told of results of servers that say nothing of that.
    package var cacheHints = CacheHints()
    /// Whether all callers without a token act for the same person.
    package var anonymousIsOnePerson = false
    /// Which header fields of clients the server gets.
    package var passed: [PassedFields.Rule] = []
    /// Whether the server is called for each caller with what is his, so that the proxy says what there is.
    package var actsForCallers = false
    /// Whether nobody logs in, because the proxy gets its tokens by itself.
    package var getsTokensByItself = false
    /// Whether what the server is may show only on a connection of a caller's: the proxy alone may not be let in.
    var needsCallers: Bool { actsForCallers || !passed.isEmpty }
    /// The logins that each caller has for himself; nil where all callers share what the server is called with.
    package var personalLogins: (any PersonalLogins)?
    /// Whether the server asks clients things during calls.
    package var asking = AskingMemory()
    /// Where its requests are counted.
    package var meter = ServerMeter()
    /// Where what passes to it and from it is counted.
    package var wire = WireMeter()
    /// Where what passes to it and from it is told; nil for a server that is never recorded.
    package var tap: RecordingTap?
    /// What of the server was approved.
    package var pins: PinnedServer
    /// How long and how often clients may be asked for input during a call.
    package var interaction = InteractionLimits()

    package init(
        name: String,
        displayName: String,
        transport: String,
        isolation: Isolation,
        limits: UpstreamLimits,
        idleTimeout: Duration,
        ownClientInfo: ByteBuffer,
        toolFilter: ToolFilter?,
        firstPrincipal: Principal
    ) {
        self.name = name
        self.displayName = displayName
        self.transport = transport
        self.isolation = isolation
        self.limits = limits
        self.idleTimeout = idleTimeout
        self.ownClientInfo = ownClientInfo
        self.toolFilter = toolFilter
        self.firstPrincipal = firstPrincipal
        pins = PinnedServer(name, mode: .off, logger: Logger(label: name) { _ in SwiftLogNoOpLogHandler() })
    }
}
