import Testing

@testable import ProxyConfiguration

@Suite struct ServerConversionTests {
    @Test("Servers keep the order they are written in")
    func order() throws {
        let names = ["zeta", "alpha", "m/x", "beta"]
        let members = names.map { "\"\($0)\": {\"command\": \"a\"}" }.joined(separator: ", ")
        #expect(try load("{\"mcpProxy\": {}, \"mcpServers\": {\(members)}}").settings.servers.map(\.name) == names)
    }

    @Test("A name that cannot be used is reported at its place", arguments: ["", "a//b", "mcp", "a%b"])
    func badName(name: String) throws {
        let found = errors(serverDocument(#""command": "a""#, name: name))
        #expect(found.count == 1)
        #expect(found.first?.column == 33)
        #expect(found.first?.suggestion == #"Write a name such as "fetch" or "team/fetch""#)
    }

    @Test("Servers whose routes collide are reported, both of them")
    func collision() {
        let text = #"{"mcpProxy": {}, "mcpServers": {"fetch": {"command": "a"}, "fetch/sse": {"command": "b"}}}"#
        let found = errors(text)
        #expect(found.map(\.keyPath) == ["mcpServers.fetch", "mcpServers.fetch/sse"])
        #expect(found.first?.message.contains(#""fetch/sse""#) == true)
    }

    @Test("A token in a name is never shown")
    func hidesToken() {
        let text =
            #"{"mcpProxy": {}, "mcpServers": {"fetch/canary": {"commnd": "a", "env": 1}, "fetch/canary/mcp": {"command": "$X"}}}"#
        let found = problems(text)
        #expect(found.count >= 5)
        #expect(!"\(found.map(\.description))".contains("canary"))
    }

    @Test("A name with braces is a warning: they stand for a token to be filled in")
    func braces() throws {
        let loaded = try load(serverDocument(#""command": "a""#, name: "fetch/{token}"))
        #expect(loaded.settings.servers.map(\.name) == ["fetch/{token}"])
        #expect(loaded.warnings.first?.message.contains("braces") == true)
    }

    @Test("A name that clients must encode is a warning", arguments: ["a b", "ä"])
    func encoded(name: String) {
        #expect(
            warnings(serverDocument(#""command": "a""#, name: name)).first?.message.contains("percent-encoded") == true)
    }

    @Test("A disabled server is kept and checked")
    func disabled() throws {
        #expect(try server(#""command": "a", "options": {"Disabled": true}"#)?.options.disabled == true)
        #expect(errors(serverDocument(#""options": {"disabled": true}"#)).count == 1)
    }
}
