import Testing

@testable import ProxyConfiguration

@Suite struct PrefixConversionTests {
    private func document(_ first: String, _ second: String, names: (String, String) = ("a", "b")) -> String {
        #"{"mcpServers": {"\#(names.0)": {"command": "x"\#(first)}, "\#(names.1)": {"command": "y"\#(second)}}}"#
    }

    @Test("The prefix is what is written, or else the server's name")
    func read() throws {
        let written = try #require(try server(#""command": "uvx", "prefix": "gh_1-x""#))
        #expect(written.prefix == "gh_1-x" && written.offeredPrefix == "gh_1-x")
        for left in ["", #", "prefix": null"#] {
            let server = try #require(try server("\"command\": \"uvx\"\(left)"))
            #expect(server.prefix == nil && server.offeredPrefix == "fetch")
        }
    }

    @Test(
        "A prefix that cannot be one is refused",
        arguments: [#""""#, "1", "[]", #""a\u0000""#, #""a\nb""#, "\"\(String(repeating: "a", count: 257))\""])
    func refused(text: String) {
        let found = errors(serverDocument("\"command\": \"uvx\", \"prefix\": \(text)"))
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.prefix"])
        #expect(found.allSatisfy { $0.suggestion != nil })
    }

    @Test(
        "A prefix with which every name carries a digest is a warning",
        arguments: ["a.b", "a b", "ä", "a__b", "a/b", String(repeating: "a", count: 65)])
    func digest(prefix: String) {
        let found = problems(serverDocument("\"command\": \"uvx\", \"prefix\": \"\(prefix)\""))
        #expect(found.map(\.severity) == [.warning] && found.map(\.keyPath) == ["mcpServers.fetch.prefix"])
        #expect(found.first?.message.contains("digest") == true)
    }

    @Test("The longest prefix without a digest has 64 characters")
    func longest() {
        let prefix = String(repeating: "a", count: 64)
        #expect(problems(serverDocument("\"command\": \"uvx\", \"prefix\": \"\(prefix)\"")).isEmpty)
    }

    @Test("Two servers with one prefix are an error that names both and the key")
    func twice() {
        let found = errors(document(#", "prefix": "p""#, #", "prefix": "p""#))
        #expect(found.map(\.keyPath) == ["mcpServers.b.prefix"])
        #expect(found.first?.message == #"the names of the server would begin as those of "a" do"#)
        #expect(found.first?.suggestion?.contains("\"prefix\"") == true)
    }

    @Test("The name of a server counts where it has no prefix, on either side")
    func names() {
        #expect(errors(document("", #", "prefix": "a""#)).map(\.keyPath) == ["mcpServers.b.prefix"])
        #expect(errors(document(#", "prefix": "b""#, "")).map(\.keyPath) == ["mcpServers.b.prefix"])
        #expect(errors(document(#", "prefix": "b""#, #", "prefix": "a""#)).isEmpty)
    }

    @Test("A server that is not started takes no prefix from others")
    func notStarted() {
        #expect(errors(document(#", "prefix": "p", "disabled": true"#, #", "prefix": "p""#)).isEmpty)
        #expect(errors(document(#", "prefix": "p", "cwd": "$NOPE""#, #", "prefix": "p""#)).isEmpty)
    }

    @Test("What may be a token in a name is not shown")
    func hidden() {
        let found = errors(document(#", "prefix": "p""#, #", "prefix": "p""#, names: ("a/canary", "b")))
        #expect(found.map(\.keyPath) == ["mcpServers.b.prefix"] && !"\(found)".contains("canary"))
    }

    @Test(
        "A name with what may be a token gives the prefix before its slash, which is no error beside another server's")
    func token() throws {
        let loaded = try load(document("", "", names: ("a/canary", "a")))
        #expect(loaded.settings.servers.map(\.offeredPrefix) == ["a", "a"])
        #expect(loaded.settings.servers.map(\.hasTokenInName) == [true, false])
        #expect(errors(document(#", "prefix": "b""#, "", names: ("a/canary", "b"))).count == 1)
    }

    @Test("A server that comes over the API cannot have the prefix of another one")
    func dynamic() {
        var present = ServerSettings(name: "added", transport: .unknown)
        present.prefix = "p"
        func paths(_ prefix: String, added: [ServerSettings]) -> [String] {
            do throws(ConfigurationError) {
                _ = try ConfigurationLoader.loadServer(
                    named: "new", text: Array("{\"url\": \"https://a\", \"prefix\": \"\(prefix)\"}".utf8),
                    source: "request", proxy: ProxySettings(servers: [ServerSettings(name: "x", transport: .unknown)]),
                    existing: ["fetch", "added"], added: added)
                return []
            } catch {
                return error.problems.map(\.keyPath)
            }
        }
        #expect(paths("fetch", added: []) == ["prefix"])
        #expect(paths("p", added: [present]) == ["prefix"])
        // Known by its name alone, it has that for a prefix; one that is not there any more has none.
        #expect(paths("added", added: []) == ["prefix"] && paths("added", added: [present]).isEmpty)
        #expect(paths("x", added: []).isEmpty)
    }
}
