/// A key under `mcpProxy.limits`: the property it sets and the values it may have.
struct LimitKey: Sendable {
    typealias Number = any WritableKeyPath<Limits, Int> & Sendable
    typealias Time = any WritableKeyPath<Limits, Duration> & Sendable

    /// What is bounded.
    enum Target: Sendable {
        case count(Number, ClosedRange<Int>)
        case size(Number, ClosedRange<Int>)
        case time(Time, ClosedRange<Duration>)
    }

    /// The key.
    let name: String
    /// The property and its range.
    let target: Target

    /// The key as the table of keys has it; its default is that of the property.
    var knownKey: KnownKey {
        switch target {
        case .count(let property, _):
            KnownKey(name, .integer, default: .number("\(Limits()[keyPath: property])"))
        case .size(let property, _):
            KnownKey(name, .size, default: .string(ByteSizeText.format(Limits()[keyPath: property])))
        case .time(let property, _):
            KnownKey(name, .duration, default: .string(DurationText.format(Limits()[keyPath: property])))
        }
    }

    private static func count(_ name: String, _ property: Number, _ range: ClosedRange<Int>) -> LimitKey {
        LimitKey(name: name, target: .count(property, range))
    }

    private static func size(_ name: String, _ property: Number, _ range: ClosedRange<Int>) -> LimitKey {
        LimitKey(name: name, target: .size(property, range))
    }

    /// Times have a lower bound of a millisecond: less is always a number whose unit was forgotten.
    private static func time(_ name: String, _ property: Time, upTo maximum: Duration) -> LimitKey {
        LimitKey(name: name, target: .time(property, .milliseconds(1)...maximum))
    }

    /// All of them, in the order of the documentation.
    static let all: [LimitKey] = clients + exchange + streams + upstreams

    private static let day = Duration.seconds(24 * 60 * 60)
    private static let hour = Duration.seconds(60 * 60)
    private static let gibibyte = 1 << 30
    private static let million = 1_000_000

    private static let clients = [
        size("maxBodyBytes", \.maxBodyBytes, 1...gibibyte),
        size("maxBufferedBytes", \.maxBufferedBytes, 1...(64 * gibibyte)),
        size("maxHeaderFieldBytes", \.maxHeaderFieldBytes, 1...(64 << 10)),
        size("maxHeaderBytes", \.maxHeaderBytes, 1...(64 << 10)),
        count("maxHeaderCount", \.maxHeaderCount, 1...10_000),
        count("maxJSONDepth", \.maxJSONDepth, 1...1024),
        time("headerTimeout", \.headerTimeout, upTo: hour),
        time("bodyTimeout", \.bodyTimeout, upTo: hour),
        time("keepAliveTimeout", \.idleTimeoutHTTP, upTo: day),
    ]

    private static let exchange = [
        count("maxConnections", \.maxConnections, 1...million),
        count("maxConnectionsPerAddress", \.maxConnectionsPerAddress, 0...million),
        count("maxCallsInFlight", \.maxCallsInFlight, 1...million),
        count("maxCallsInFlightPerPrincipal", \.maxCallsInFlightPerPrincipal, 1...million),
        count("maxCallsInFlightPerServer", \.maxCallsInFlightPerServer, 1...million),
        count("maxQueuedCalls", \.maxQueuedCalls, 0...million),
        count("maxSessions", \.maxSessions, 1...million),
        count("maxSessionsPerPrincipal", \.maxSessionsPerPrincipal, 1...million),
        time("sessionIdleTimeout", \.sessionIdleTimeout, upTo: day * 30),
        time("sessionLifetime", \.sessionLifetime, upTo: day * 365),
    ]

    private static let streams = [
        count("maxStreamsPerSession", \.maxStreamsPerSession, 1...1024),
        size("maxStreamBufferBytes", \.maxStreamBufferBytes, 1...gibibyte),
        count("replayEvents", \.replayEvents, 0...million),
        size("replayBytes", \.replayBytes, 0...gibibyte),
        size("replayBytesAway", \.replayBytesAway, 0...gibibyte),
        size("maxReplayBytes", \.maxReplayBytes, 0...(64 * gibibyte)),
        time("keepAliveInterval", \.keepAliveInterval, upTo: hour),
        time("streamAfter", \.streamAfter, upTo: hour),
    ]

    private static let upstreams = [
        time("callTimeout", \.callTimeout, upTo: day),
        time("maxCallTime", \.maxCallTime, upTo: day),
        size("maxMessageBytes", \.maxMessageBytes, 1...gibibyte),
        time("startTimeout", \.startTimeout, upTo: hour),
        time("probeTimeout", \.probeTimeout, upTo: hour),
        time("restartBackoffMinimum", \.restartBackoffMinimum, upTo: hour),
        time("restartBackoffMaximum", \.restartBackoffMaximum, upTo: day),
        time("stopTimeout", \.stopTimeout, upTo: hour),
        time("idleTimeout", \.idleTimeout, upTo: day * 30),
        time("interactionTimeout", \.interactionTimeout, upTo: day),
        count("maxCapabilitySets", \.maxCapabilitySets, 1...65_536),
        count("maxInputRounds", \.maxInputRounds, 1...1024),
        count("maxServerRequestsInFlight", \.maxServerRequestsInFlight, 1...65_536),
        count("stderrLines", \.stderrLines, 0...100_000),
        time("shutdownGracePeriod", \.shutdownGracePeriod, upTo: hour),
    ]
}
