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
            ("\"0s\"", nil), ("null", nil), ("1000000", .milliseconds(1)),
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

    @Test("A bare small number is taken for nanoseconds, with a warning that suggests seconds")
    func bareNumber() throws {
        let loaded = try load(serverDocument(#""url": "https://a", "timeout": 30"#))
        #expect(
            loaded.settings.servers.first?.transport
                == .http(url: "https://a", headers: [], timeout: .nanoseconds(30), kind: .detect))
        #expect(loaded.warnings.map(\.keyPath) == ["mcpServers.fetch.timeout"])
        #expect(loaded.warnings.first?.message.contains("below a millisecond") == true)
        #expect(loaded.warnings.first?.suggestion == #"Write "30s""#)
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
