import Testing

@testable import ProxyConfiguration

@Suite struct ObjectReaderNumbersTests {
    private func limits(_ members: String) throws(ConfigurationError) -> Limits {
        try load(proxyDocument("\"limits\": {\(members)}")).settings.limits
    }

    @Test("A number may be a text that reads as one")
    func texts() throws {
        let limits = try limits(
            #""maxSessions": "12", "maxBodyBytes": "1024", "callTimeout": "1000000000", "bodyTimeout": 2000000000"#)
        #expect(limits.maxSessions == 12 && limits.maxBodyBytes == 1024)
        #expect(limits.callTimeout == .seconds(1) && limits.bodyTimeout == .seconds(2))
    }

    @Test(
        "What is no number is refused, and quoted unless it may be a secret",
        arguments: [
            "\"soon\"", "\"canary-0123456789\"", "1.5", "1e3", "true", "[]", "\"\"", "-1", "99999999999999999999",
        ])
    func refusals(value: String) {
        for key in ["maxSessions", "maxBodyBytes", "callTimeout"] {
            let found = errors(proxyDocument("\"limits\": {\"\(key)\": \(value)}"))
            #expect(found.map(\.keyPath) == ["mcpProxy.limits.\(key)"])
            #expect(found.first?.suggestion?.hasPrefix("Write ") == true)
            #expect(!"\(found)".contains("canary"))
            #expect(value != "\"soon\"" || found.first?.message.hasSuffix(", not \"soon\"") == true)
        }
    }

    @Test("A bare small number for a limit is refused with the unit that was forgotten")
    func forgottenUnit() throws {
        let found = try #require(errors(proxyDocument(#""limits": {"callTimeout": 30}"#)).first)
        #expect(found.message.contains("nanoseconds"))
        #expect(found.suggestion == #"Write "30s""#)
    }
}
