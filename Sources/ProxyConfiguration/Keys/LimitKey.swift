/// The keys under `mcpProxy.limits`.
enum LimitKey {
    /// All of them, in the order of the documentation.
    static let all = clients + exchange + streams + upstreams

    /// Also accepted directly under `mcpProxy`.
    static let gracePeriod: SettingKey<Limits> = .time(
        "shutdownGracePeriod", \.shutdownGracePeriod, millisecond...hour, whenChanged: .restart,
        "How long calls in flight may take to finish when the program is told to stop. At most 1h.")

    private static let day = Duration.seconds(24 * 60 * 60)
    private static let hour = Duration.seconds(60 * 60)
    /// The least duration: less is always a number whose unit was forgotten.
    private static let millisecond = Duration.milliseconds(1)
    private static let gibibyte = 1 << 30
    private static let million = 1_000_000

    private static let clients: [SettingKey<Limits>] = [
        .size(
            "maxBodyBytes", \.maxBodyBytes, 1...gibibyte, whenChanged: .restart,
            "The largest request body. At most 1 GiB."),
        .size(
            "maxBufferedBytes", \.maxBufferedBytes, 1...(64 * gibibyte), whenChanged: .restart,
            "How much of bodies that come in parts, and of answers that clients leave unread, is held: of each kind, of all clients together. At most 64 GiB."
        ),
        .size(
            "maxHeaderFieldBytes", \.maxHeaderFieldBytes, 1...(64 << 10), whenChanged: .restart,
            "The largest header field. At most 64 KiB, and not more than maxHeaderBytes."),
        .size(
            "maxHeaderBytes", \.maxHeaderBytes, 1...(64 << 10), whenChanged: .restart,
            "The largest block of header fields. At most 64 KiB."),
        .count(
            "maxHeaderCount", \.maxHeaderCount, 1...10_000, whenChanged: .restart,
            "The most header fields in a request."),
        .count(
            "maxJSONDepth", \.maxJSONDepth, 1...1024, whenChanged: .restart, "The deepest nesting of JSON in a message."
        ),
        .time(
            "headerTimeout", \.headerTimeout, millisecond...hour, whenChanged: .restart,
            "How long a client may take to send its request line and header fields. At most 1h."),
        .time(
            "bodyTimeout", \.bodyTimeout, millisecond...hour, whenChanged: .restart,
            "How long a client may take to send a body. At most 1h."),
        .time(
            "keepAliveTimeout", \.idleTimeoutHTTP, millisecond...day, whenChanged: .restart,
            "How long a connection may stay open between requests. At most 24h."),
    ]

    private static let exchange: [SettingKey<Limits>] = [
        .count(
            "maxConnections", \.maxConnections, 1...million, whenChanged: .restart, "The most connections at one time."),
        .count(
            "maxConnectionsPerAddress", \.maxConnectionsPerAddress, 0...million, whenChanged: .restart,
            "The most connections from one address. 0 means no such bound: behind a load balancer every client has the same address."
        ),
        .count("maxCallsInFlight", \.maxCallsInFlight, 1...million, whenChanged: .restart, "The most calls in flight."),
        .count(
            "maxCallsInFlightPerPrincipal", \.maxCallsInFlightPerPrincipal, 1...million, whenChanged: .restart,
            "The most calls in flight of one authenticated caller."),
        .count(
            "maxCallsInFlightPerServer", \.maxCallsInFlightPerServer, 1...million, whenChanged: .restart,
            "The most calls in flight to one server."),
        .count(
            "maxQueuedCalls", \.maxQueuedCalls, 0...million, whenChanged: .restart,
            "The most calls that wait for one server."),
        .count("maxSessions", \.maxSessions, 1...million, whenChanged: .restart, "The most sessions."),
        .count(
            "maxSessionsPerPrincipal", \.maxSessionsPerPrincipal, 1...million, whenChanged: .restart,
            "The most sessions of one authenticated caller."),
        .time(
            "sessionIdleTimeout", \.sessionIdleTimeout, millisecond...(day * 30), whenChanged: .restart,
            "How long a session may go unused. At most 720h, and not more than sessionLifetime."),
        .time(
            "sessionLifetime", \.sessionLifetime, millisecond...(day * 365), whenChanged: .restart,
            "How long a session may last. At most 8760h."),
    ]

    private static let streams: [SettingKey<Limits>] = [
        .count(
            "maxStreamsPerSession", \.maxStreamsPerSession, 1...1024, whenChanged: .restart,
            "The most open event streams of one session."),
        .size(
            "maxStreamBufferBytes", \.maxStreamBufferBytes, 1...gibibyte, whenChanged: .restart,
            "The most bytes that wait on one event stream for its client to read them. At most 1 GiB."),
        .count(
            "replayEvents", \.replayEvents, 0...million, whenChanged: .restart,
            "The most events kept for a client that comes back. 0 keeps none."),
        .size(
            "replayBytes", \.replayBytes, 0...gibibyte, whenChanged: .restart,
            "The most bytes of events kept for a client that comes back. At most 1 GiB; 0 keeps none."),
        .size(
            "replayBytesAway", \.replayBytesAway, 0...gibibyte, whenChanged: .restart,
            "The most bytes of events kept for a client that has been away for a while. At most 1 GiB; 0 keeps none."),
        .size(
            "maxReplayBytes", \.maxReplayBytes, 0...(64 * gibibyte), whenChanged: .restart,
            "The most bytes of events kept for all clients together. At most 64 GiB; 0 keeps none."),
        .time(
            "keepAliveInterval", \.keepAliveInterval, millisecond...hour, whenChanged: .restart,
            "How often a comment is sent on a silent event stream. At most 1h."),
        .time(
            "streamAfter", \.streamAfter, millisecond...hour, whenChanged: .restart,
            "How long a request waits for its answer before the reply becomes an event stream. At most 1h."),
    ]

    private static let upstreams: [SettingKey<Limits>] = [
        .time(
            "callTimeout", \.callTimeout, millisecond...day, whenChanged: .restart,
            "How long a call may take without a sign of progress. At most 24h, and not more than maxCallTime."),
        .time(
            "maxCallTime", \.maxCallTime, millisecond...day, whenChanged: .restart,
            "How long a call may take, whatever progress it reports. At most 24h."),
        .size(
            "maxMessageBytes", \.maxMessageBytes, 1...gibibyte, whenChanged: .restart,
            "The largest message of a server: one line of a child, or one message of a remote server. At most 1 GiB."),
        .time(
            "startTimeout", \.startTimeout, millisecond...hour, whenChanged: .restart,
            "How long a server may take from its start to the end of the handshake. At most 1h."),
        .time(
            "probeTimeout", \.probeTimeout, millisecond...hour, whenChanged: .restart,
            "How long a server may be silent on server/discover before initialize is sent as well. At most 1h."),
        .time(
            "restartBackoffMinimum", \.restartBackoffMinimum, millisecond...hour, whenChanged: .restart,
            "The wait before the first restart of a failed server; it doubles each time. At most 1h, and not more than restartBackoffMaximum."
        ),
        .time(
            "restartBackoffMaximum", \.restartBackoffMaximum, millisecond...day, whenChanged: .restart,
            "The longest wait before a restart of a failed server. At most 24h."),
        .time(
            "stopTimeout", \.stopTimeout, millisecond...hour, whenChanged: .restart,
            "How long a child may take to end, from the closing of its input through SIGTERM to SIGKILL. At most 1h."),
        .time(
            "idleTimeout", \.idleTimeout, millisecond...(day * 30), whenChanged: .restart,
            "How long a connection to a server, or a child, may go unused. At most 720h."),
        .time(
            "interactionTimeout", \.interactionTimeout, millisecond...day, whenChanged: .restart,
            "How long a client may take to answer a request of a server, or to come back to a call that asks for input. At most 24h."
        ),
        .count(
            "maxCapabilitySets", \.maxCapabilitySets, 1...65_536, whenChanged: .restart,
            "How many connections or children of one upstream one caller may have by declaring different capabilities."),
        .count(
            "maxInputRounds", \.maxInputRounds, 1...1024, whenChanged: .restart,
            "How often a server may ask for input during one call, where client and server are of different eras."),
        .count(
            "maxServerRequestsInFlight", \.maxServerRequestsInFlight, 1...65_536, whenChanged: .restart,
            "The most requests of one server that wait for the answer of one session, or of one call without a session."
        ),
        .count(
            "stderrLines", \.stderrLines, 0...100_000, whenChanged: .restart,
            "How many of the last lines of a child's standard error are kept."),
        gracePeriod,
    ]
}

extension Limits: SettingsWithDefaults {
    static var defaults: Limits { Limits() }
}
