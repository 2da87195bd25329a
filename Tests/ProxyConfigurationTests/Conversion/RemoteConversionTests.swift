import Testing

@testable import ProxyConfiguration

@Suite struct RemoteConversionTests {
    @Test("A url with everything that belongs to it is a remote server")
    func remote() throws {
        let settings = try server(
            #""url": "https://a/b?c=d", "headers": {"X-B": "2", "Authorization": "Bearer x"}, "timeout": "1m30s""#)
        #expect(
            settings?.transport
                == .http(
                    url: "https://a/b?c=d",
                    headers: [
                        HeaderField(name: "X-B", value: Secret("2")),
                        HeaderField(name: "Authorization", value: Secret("Bearer x")),
                    ],
                    timeout: .seconds(90), kind: .detect))
    }

    @Test(
        "A url that cannot be used is refused, and never shown",
        arguments: [
            "ftp://canary", "canary", "https://", "https://user:canary@a/", "https://a/canary b",
            "https://a/?canary=%zz", "https://a:canary/", "https://a/#canary", "https://127.0.0.1#canary",
            "http://127.1/canary", "http://2130706433/canary", "http://[::1%25lo]/canary", "http://0x7f.1/canary",
            "https://a/\\\"canary",
        ])
    func badURL(url: String) {
        let found = errors(serverDocument("\"url\": \"\(url)\""))
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.url"])
        #expect(!"\(found)".contains("canary"))
    }

    @Test("Credentials in a url are sent to headers")
    func userInfo() {
        #expect(errors(serverDocument(#""url": "https://u:p@a/""#)).first?.suggestion?.contains("headers") == true)
    }

    @Test("The keys of a program are warnings")
    func unused() {
        let found = warnings(serverDocument(#""url": "https://a/", "args": [], "env": {}, "cwd": "/""#))
        #expect(found.map(\.keyPath) == ["args", "env", "cwd"].map { "mcpServers.fetch.\($0)" })
    }

    @Test(
        "A timeout is a text with a unit or a number of nanoseconds; 0 is none",
        arguments: [
            ("\"30s\"", Duration.seconds(30)), ("30000000000", .seconds(30)), ("\"24h\"", .seconds(86_400)), ("0", nil),
            ("\"0s\"", nil), ("null", nil), ("86400001", .nanoseconds(86_400_001)),
        ] as [(String, Duration?)])
    func timeouts(value: String, expected: Duration?) throws {
        let loaded = try load(serverDocument("\"url\": \"https://a\", \"timeout\": \(value)"))
        #expect(loaded.warnings.isEmpty)
        guard case .http(_, _, let timeout, _)? = loaded.settings.servers.first?.transport else {
            Issue.record("not a remote server")
            return
        }
        #expect(timeout == expected)
    }

    @Test(
        "A number too small for nanoseconds is taken for seconds or milliseconds, and both readings are said",
        arguments: [
            ("60", Duration.seconds(60), #"Write "1m", or "60ms" if milliseconds are meant"#),
            ("999", .seconds(999), #"Write "16m39s", or "999ms" if milliseconds are meant"#),
            ("3600", .seconds(3600), #"Write "1h", or "3600ms" if milliseconds are meant"#),
            ("5000", .seconds(5), #"Write "5s", or "1h23m20s" if seconds are meant"#),
            ("60000", .seconds(60), #"Write "1m", or "16h40m" if seconds are meant"#),
            ("300000", .seconds(300), #"Write "5m""#), ("86400000", .seconds(86_400), #"Write "24h""#),
        ])
    func bareNumber(value: String, expected: Duration, suggestion: String) throws {
        let loaded = try load(serverDocument("\"url\": \"https://a\", \"timeout\": \(value)"))
        #expect(
            loaded.settings.servers.first?.transport
                == .http(url: "https://a", headers: [], timeout: expected, kind: .detect))
        #expect(loaded.warnings.map(\.keyPath) == ["mcpServers.fetch.timeout"])
        #expect(loaded.warnings.first?.message.hasPrefix("\(value) without a unit is seconds in some") == true)
        #expect(loaded.warnings.first?.suggestion == suggestion)
    }

    @Test("A program's number of a time limit is told to have no effect, with both readings")
    func bareNumberOfProgram() {
        let found = warnings(serverDocument(#""command": "a", "timeout": 60"#))
        #expect(found.count == 1 && found.first?.message.contains("60 without a unit is seconds in some") == true)
    }

    @Test(
        "What is proposed in place of a program's time limit is what was most likely meant, where that is allowed",
        arguments: [
            ("60", "1m"), ("300000", "5m"), ("\"45s\"", "45s"), ("\"900h\"", "24h"), ("\"soon\"", "60s"), ("0", "60s"),
            ("99999999999999999", "24h"), ("\"${T}\"", "60s"),
        ])
    func timeoutOfProgram(value: String, advice: String) {
        let found = warnings(serverDocument("\"command\": \"a\", \"timeout\": \(value)"), environment: ["T": "7s"])
        #expect(found.map(\.suggestion) == ["Write \"callTimeout\": \"\(advice)\" in its place"])
        #expect(warnings(serverDocument("\"command\": \"a\", \"callTimeout\": \"\(advice)\"")).isEmpty)
    }

    @Test("No advice has a number of milliseconds taken for seconds", arguments: [("60000", "1m"), ("300000", "5m")])
    func limits(value: String, advice: String) {
        let found = errors(proxyDocument("\"limits\": {\"callTimeout\": \(value)}"))
        #expect(found.first?.suggestion == "Write \"\(advice)\"")
    }

    @Test("A forgotten unit is an error also where no time at all is in the range")
    func cacheTTL() {
        let found = errors(serverDocument(#""url": "https://a", "cacheTTL": 60"#))
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.cacheTTL"])
        #expect(errors(serverDocument(#""url": "https://a", "cacheTTL": 0"#)).isEmpty)
    }

    @Test(
        "A timeout that is negative, too long or none at all is refused",
        arguments: ["-1", "\"-1s\"", "\"25h\"", "\"soon\"", "1.5", "true", "[]", "\"\""])
    func badTimeouts(value: String) {
        #expect(
            errors(serverDocument("\"url\": \"https://a\", \"timeout\": \(value)")).map(\.keyPath) == [
                "mcpServers.fetch.timeout"
            ])
    }
}
