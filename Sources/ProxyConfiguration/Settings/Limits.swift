/// The bounds on what a client or an upstream can make the proxy hold, wait for or repeat (`mcpProxy.limits`).
///
/// The keys have the names of the properties, except where noted. ``LimitKey`` lists their ranges.
package struct Limits: Sendable, Equatable {
    // MARK: Messages from clients

    /// The largest request body.
    package var maxBodyBytes = 4 << 20
    /// How much of bodies that come in parts, and of answers that clients leave unread, is held: of each kind, of all
    /// clients together.
    package var maxBufferedBytes = 256 << 20
    /// The largest header field.
    package var maxHeaderFieldBytes = 16 << 10
    /// The largest block of header fields.
    package var maxHeaderBytes = 32 << 10
    /// The most header fields in a request.
    package var maxHeaderCount = 100
    /// The deepest nesting of JSON in a message.
    package var maxJSONDepth = 128
    /// How long a client may take to send its request line and header fields.
    package var headerTimeout: Duration = .seconds(10)
    /// How long a client may take to send a body.
    package var bodyTimeout: Duration = .seconds(30)
    /// How long a connection may stay open between requests. The key is `keepAliveTimeout`.
    package var idleTimeoutHTTP: Duration = .seconds(75)

    // MARK: Connections, calls and sessions

    /// The most connections at one time.
    package var maxConnections = 12_000
    /// The most connections from one address; 0, the default, means no such bound: behind a load balancer or an address
    /// translation every client has the same address, and a bound that fits one client would lock all of them out.
    package var maxConnectionsPerAddress = 0
    /// The most calls in flight.
    package var maxCallsInFlight = 4096
    /// The most calls in flight of one authenticated caller.
    package var maxCallsInFlightPerPrincipal = 1024
    /// The most calls in flight to one upstream.
    package var maxCallsInFlightPerServer = 256
    /// The most calls that wait for one upstream.
    package var maxQueuedCalls = 512
    /// The most sessions.
    package var maxSessions = 10_000
    /// The most sessions of one authenticated caller.
    package var maxSessionsPerPrincipal = 1024
    /// How long a session may go unused.
    package var sessionIdleTimeout: Duration = .seconds(30 * 60)
    /// How long a session may last.
    package var sessionLifetime: Duration = .seconds(24 * 60 * 60)

    // MARK: Streams to clients

    /// The most open event streams of one session.
    package var maxStreamsPerSession = 4
    /// The most bytes that wait on one event stream for its client to read them.
    package var maxStreamBufferBytes = 1 << 20
    /// The most events kept for a client that comes back.
    package var replayEvents = 256
    /// The most bytes of events kept for a client that comes back.
    package var replayBytes = 1 << 20
    /// The most bytes of events kept for a client that has been away for a while.
    package var replayBytesAway = 32 << 10
    /// The most bytes of events kept for all clients together.
    package var maxReplayBytes = 64 << 20
    /// How often a comment is sent on a silent event stream.
    package var keepAliveInterval: Duration = .seconds(15)
    /// How long a request waits for its answer before the reply becomes an event stream.
    package var streamAfter: Duration = .seconds(2)

    // MARK: Upstreams

    /// How long a call may take without a sign of progress.
    package var callTimeout: Duration = .seconds(5 * 60)
    /// How long a call may take, whatever progress it reports.
    package var maxCallTime: Duration = .seconds(60 * 60)
    /// The largest message of an upstream: one line of a child, or one message of a remote server.
    package var maxMessageBytes = 64 << 20
    /// How long an upstream may take from its start to the end of the handshake.
    package var startTimeout: Duration = .seconds(30)
    /// How long an upstream may be silent on `server/discover` before it is also asked to `initialize`.
    package var probeTimeout: Duration = .seconds(3)
    /// The wait before the first restart of a failed upstream; it doubles each time.
    package var restartBackoffMinimum: Duration = .milliseconds(500)
    /// The longest wait before a restart of a failed upstream.
    package var restartBackoffMaximum: Duration = .seconds(60)
    /// How long a child may take to end, from the closing of its input through SIGTERM to SIGKILL.
    package var stopTimeout: Duration = .seconds(5)
    /// How long an upstream connection or child may go unused.
    package var idleTimeout: Duration = .seconds(5 * 60)
    /// How long a client may take to answer a request of an upstream.
    package var interactionTimeout: Duration = .seconds(5 * 60)
    /// How many connections or children of one upstream one caller may have by declaring different capabilities.
    package var maxCapabilitySets = 16
    /// How often an upstream may ask its client for input during one call.
    package var maxInputRounds = 16
    /// The most requests of one upstream that wait for a client's answer.
    package var maxServerRequestsInFlight = 16
    /// How many of the last lines of a child's standard error are kept.
    package var stderrLines = 200

    // MARK: The program

    /// How long calls in flight may take to finish when the program is told to stop. Also accepted under `mcpProxy`.
    package var shutdownGracePeriod: Duration = .seconds(10)

    /// The defaults.
    package init() {}
}
