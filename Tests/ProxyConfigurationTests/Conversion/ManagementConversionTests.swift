import Testing

@testable import ProxyConfiguration

@Suite struct ManagementConversionTests {
    @Test("Every key is read")
    func allKeys() throws {
        let loaded = try load(
            managementDocument(
                #"""
                "authTokens": ["Bearer 0123456789abcdef"], "stdio": "templates", "remote": "deny", "adHoc": "deny",
                "allowAddresses": ["10.0.0.0/8", "FD00::/8"], "templates": {"a": {"command": "b"}}, "maxServers": 1,
                "maxAdHocServers": 0, "maxServersPerPrincipal": 3, "maxChangesPerMinute": "4", "watch": "no",
                "pollInterval": "1m", "drainTimeout": "1ms"
                """#))
        #expect(loaded.warnings.isEmpty)
        #expect(
            loaded.settings.management
                == ManagementSettings(
                    authTokens: [Secret("0123456789abcdef")], stdio: .templates, remote: .deny, adHoc: .deny,
                    allowAddresses: ["10.0.0.0/8", "fd00::/8"], templates: ["a": CommandTemplate(command: "b")],
                    maxServers: 1, maxAdHocServers: 0, maxServersPerPrincipal: 3, maxChangesPerMinute: 4, watch: false,
                    pollInterval: .seconds(60), drainTimeout: .milliseconds(1)))
    }

    @Test("An empty object gives the defaults")
    func empty() throws {
        #expect(try load(managementDocument("")).settings.management == ManagementSettings())
    }

    @Test("An empty list of tokens is refused, with the advice to leave the key out")
    func emptyTokens() {
        let found = errors(managementDocument(#""authTokens": []"#))
        #expect(found.map(\.keyPath) == ["mcpProxy.management.authTokens"])
        #expect(found.first?.suggestion?.contains("leave the key out") == true)
    }

    @Test("An empty token is refused, as it is everywhere")
    func emptyToken() {
        #expect(
            errors(managementDocument(#""authTokens": ["$NOPE"]"#)).map(\.keyPath) == [
                "mcpProxy.management.authTokens[0]"
            ])
    }

    @Test(
        "Words that are not known are refused, and the nearest is named",
        arguments: [("stdio", "templates", "template"), ("remote", "allow", "alow"), ("adHoc", "deny", "dney")])
    func words(key: String, word: String, written: String) {
        let found = errors(managementDocument("\"\(key)\": \"\(written)\""))
        #expect(found.map(\.keyPath) == ["mcpProxy.management.\(key)"])
        #expect(found.first?.suggestion?.hasPrefix("Did you mean \"\(word)\"?") == true)
    }

    @Test("Everything wrong is reported at once, each at its place")
    func allAtOnce() {
        let found = problems(
            managementDocument(
                #"""
                "drainTimeot": "1s", "allowAddresses": ["10.0.0.0/8", "localhost", "10.0.0.0/33", "10.0.0.1/8"],
                "pollInterval": 30, "drainTimeout": "2h", "maxServers": -1, "watch": 7
                """#))
        #expect(
            found.map(\.keyPath)
                == [
                    "drainTimeot", "allowAddresses[1]", "allowAddresses[2]", "allowAddresses[3]", "pollInterval",
                    "drainTimeout", "maxServers", "watch",
                ].map { "mcpProxy.management.\($0)" })
        #expect(found.first?.suggestion == #"Did you mean "drainTimeout"?"#)
        #expect(found.allSatisfy { $0.line != nil && $0.suggestion != nil })
    }

    private static let counts = ManagementKey.all.filter { $0.place is WritableKeyPath<ManagementSettings, Int> }

    @Test(
        "Every count is read at both ends of its range and refused beyond them",
        arguments: Self.counts.map(\.name))
    func ranges(name: String) throws {
        let key = try #require(Self.counts.first { $0.name == name })
        let property = try #require(key.place as? WritableKeyPath<ManagementSettings, Int>)
        guard case .integer(let range?) = key.known.shape else {
            Issue.record("the count has no range")
            return
        }
        for bound in [range.lowerBound, range.upperBound] {
            var expected = ManagementSettings()
            expected[keyPath: property] = bound
            #expect(try load(managementDocument("\"\(name)\": \(bound)")).settings.management == expected)
        }
        for beyond in [range.lowerBound - 1, range.upperBound + 1] {
            #expect(
                errors(managementDocument("\"\(name)\": \(beyond)")).map(\.keyPath) == ["mcpProxy.management.\(name)"])
        }
    }

    @Test("The name of a template is plain", arguments: ["", "a/b", "-a", "ä", String(repeating: "a", count: 64)])
    func templateNames(name: String) {
        let found = errors(managementDocument("\"templates\": {\"\(name)\": {\"command\": \"a\"}}"))
        #expect(found.count == 1)
        #expect(found.first?.message.contains("name of the template") == true)
    }
}
