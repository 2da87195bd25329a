import Testing

@testable import ProxyConfiguration

@Suite struct LimitsConversionTests {
    @Test(
        "A limit that makes no sense above another is refused",
        arguments: [
            (#""callTimeout": "2h""#, "callTimeout"), (#""maxCallTime": "10s""#, "maxCallTime"),
            (#""restartBackoffMinimum": "2m""#, "restartBackoffMinimum"),
            (#""restartBackoffMaximum": "1ms""#, "restartBackoffMaximum"),
            (#""sessionIdleTimeout": "25h""#, "sessionIdleTimeout"), (#""sessionLifetime": "1m""#, "sessionLifetime"),
            (#""maxHeaderFieldBytes": "33KiB""#, "maxHeaderFieldBytes"),
            (#""maxHeaderBytes": "8KiB""#, "maxHeaderBytes"),
        ])
    func pairs(members: String, key: String) {
        let found = errors(proxyDocument("\"limits\": {\(members)}"))
        #expect(found.map(\.keyPath) == ["mcpProxy.limits.\(key)"])
        #expect(found.first?.message.contains("must not be larger than") == true)
    }

    @Test("Written together, both of a pair may change")
    func bothWritten() throws {
        let limits = try load(proxyDocument(#""limits": {"callTimeout": "20m", "maxCallTime": "20m"}"#)).settings.limits
        #expect(limits.callTimeout == limits.maxCallTime)
    }

    @Test("The grace period may stand under mcpProxy; the one under limits wins")
    func gracePeriod() throws {
        #expect(
            try load(proxyDocument(#""shutdownGracePeriod": "3s""#)).settings.limits.shutdownGracePeriod == .seconds(3))
        let both = try load(proxyDocument(#""shutdownGracePeriod": "3s", "limits": {"shutdownGracePeriod": "4s"}"#))
        #expect(both.settings.limits.shutdownGracePeriod == .seconds(4))
        #expect(both.warnings.map(\.keyPath) == ["mcpProxy.shutdownGracePeriod"])
        #expect(errors(proxyDocument(#""shutdownGracePeriod": 30"#)).map(\.keyPath) == ["mcpProxy.shutdownGracePeriod"])
    }
}
