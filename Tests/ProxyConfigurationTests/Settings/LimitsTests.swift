import Testing

@testable import ProxyConfiguration

@Suite struct LimitsTests {
    @Test("Every default is the documented one")
    func defaults() {
        let limits = Limits()
        #expect(limits.maxBodyBytes == 4 * 1024 * 1024)
        #expect(limits.maxHeaderFieldBytes == 16 * 1024)
        #expect(limits.maxHeaderBytes == 32 * 1024)
        #expect(limits.maxHeaderCount == 100)
        #expect(limits.headerTimeout == .seconds(10))
        #expect(limits.bodyTimeout == .seconds(30))
        #expect(limits.idleTimeoutHTTP == .seconds(75))
        #expect(limits.maxConnections == 12_000)
        #expect(limits.maxConnectionsPerAddress == 0)
        #expect(limits.maxJSONDepth == 128)
        #expect(limits.maxCallsInFlight == 4096)
        #expect(limits.maxCallsInFlightPerPrincipal == 1024)
        #expect(limits.maxCallsInFlightPerServer == 256)
        #expect(limits.maxQueuedCalls == 512)
        #expect(limits.maxSessions == 10_000)
        #expect(limits.maxSessionsPerPrincipal == 1024)
        #expect(limits.maxStreamsPerSession == 4)
        #expect(limits.maxStreamBufferBytes == 1024 * 1024)
        #expect(limits.replayEvents == 256)
        #expect(limits.replayBytes == 1024 * 1024)
        #expect(limits.replayBytesAway == 32 * 1024)
        #expect(limits.maxReplayBytes == 64 * 1024 * 1024)
        #expect(limits.maxBufferedBytes == 256 * 1024 * 1024)
        #expect(limits.sessionIdleTimeout == .seconds(30 * 60))
        #expect(limits.sessionLifetime == .seconds(24 * 3600))
        #expect(limits.callTimeout == .seconds(300))
        #expect(limits.maxCallTime == .seconds(3600))
        #expect(limits.maxMessageBytes == 64 * 1024 * 1024)
        #expect(limits.startTimeout == .seconds(30))
        #expect(limits.restartBackoffMinimum == .milliseconds(500))
        #expect(limits.restartBackoffMaximum == .seconds(60))
        #expect(limits.stopTimeout == .seconds(5))
        #expect(limits.idleTimeout == .seconds(300))
        #expect(limits.shutdownGracePeriod == .seconds(10))
        #expect(limits.keepAliveInterval == .seconds(15))
        #expect(limits.streamAfter == .seconds(2))
        #expect(limits.interactionTimeout == .seconds(300))
        #expect(limits.stderrLines == 200)
        #expect(limits.maxServerRequestsInFlight == 16)
    }

    @Test("Every limit has a key")
    func everyPropertyHasKey() {
        let properties = Mirror(reflecting: Limits()).children.compactMap(\.label)
        let keys = LimitKey.all.map { $0.name == "keepAliveTimeout" ? "idleTimeoutHTTP" : $0.name }
        #expect(properties.sorted() == keys.sorted())
        #expect(Set(keys).count == keys.count)
    }
}
