import Testing

@testable import ProxyConfiguration

@Suite struct MissingVariableTests {
    @Test(
        "A variable that is not set keeps only its server from being started",
        arguments: [
            #""command": "x", "env": {"K": "${NOPE}"}"#, #""command": "$NOPE""#, #""url": "${NOPE}""#,
            #""url": "https://$NOPE/""#, #""command": "x", "args": ["$NOPE"]"#, #""command": "x", "disabled": ${NOPE}"#,
            #""url": "https://a", "timeout": "${NOPE}""#, #""url": "https://a", "type": "${NOPE}""#,
            #""url": "https://a", "headers": {"A": "Bearer ${NOPE}"}"#,
            #""command": "x", "options": {"authTokens": ["$NOPE"]}"#,
            #""command": "x", "options": {"toolFilter": {"mode": "$NOPE", "list": ["a"]}}"#,
            #""command": "x", "env": {"$NOPE": "1"}"#, #""command": "x", "args": $NOPE"#,
            #""url": "https://a", "headers": {"A": "${env:NOPE}"}"#,
        ])
    func oneServer(members: String) throws {
        let loaded = try load(#"{"mcpServers": {"a": {\#(members)}, "b": {"command": "x"}}}"#)
        #expect(loaded.settings.servers.map(\.cannotStart) == ["the environment variable NOPE is not set", nil])
        #expect(loaded.settings.servers.map(\.options.disabled) == [false, false])
        #expect(loaded.warnings.contains { $0.message.contains("NOPE is not set, so the server is not started") })
    }

    @Test("What opens such a server is not known, so nobody is let in")
    func tokens() throws {
        let members = #""command": "x", "options": {"authTokens": ["0123456789abcdef", "$NOPE"]}"#
        let first = try server(members)?.options.authTokens
        #expect(first?.count == 1 && first?.first?.reveal() != "0123456789abcdef")
        #expect((first?.first?.reveal().utf8.count ?? 0) > 32)
        #expect(try server(members)?.options.authTokens == first)
    }

    @Test("Its other mistakes are told as ever")
    func otherMistakes() {
        let found = errors(serverDocument(#""url": "ftp://a", "headers": {"A": "$NOPE"}"#))
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.url"])
    }

    @Test("A name that lacks a part is the one that is written")
    func names() throws {
        let loaded = try load(#"{"mcpServers": {"fetch/${NOPE}": {"command": "x"}}}"#)
        #expect(loaded.settings.servers.map(\.name) == ["fetch/${NOPE}"])
        #expect(loaded.settings.servers.first?.cannotStart?.contains("NOPE") == true)
    }

    @Test("A disabled server may lack anything, in silence")
    func disabled() throws {
        let loaded = try load(serverDocument(#""command": "$NOPE", "disabled": true"#))
        #expect(loaded.warnings.isEmpty && loaded.settings.servers.first?.options.disabled == true)
    }

    @Test(
        "In mcpProxy a variable that is not set is an error",
        arguments: [
            #""addr": ":$NOPE""#, #""name": "${NOPE}""#, #""options": {"authTokens": ["$NOPE"]}"#,
            #""limits": {"maxSessions": ${NOPE}}"#,
        ])
    func ofProxy(members: String) {
        let found = errors(proxyDocument(members))
        #expect(found.contains { $0.message == "the environment variable NOPE is not set" })
    }

    @Test("What only another program can fill in keeps the server from being started, and says how to import it")
    func inputs() throws {
        let loaded = try load(serverDocument(#""command": "x", "env": {"K": "${input:key}"}"#))
        #expect(loaded.settings.servers.first?.cannotStart?.contains("${input:key}") == true)
        #expect(loaded.warnings.first?.suggestion?.contains("mcp-proxy import config.json --input 'key=…'") == true)
    }

    @Test("A client of version 1 is held back in the same way")
    func deprecated() throws {
        let text = #"""
            {"server": {}, "clients": {"a": {"type": "stdio", "config": {"command": "$NOPE"}},
                                       "b": {"type": "stdio", "config": {"command": "x"}}}}
            """#
        #expect(try load(text).settings.servers.map { $0.cannotStart != nil } == [true, false])
    }
}
