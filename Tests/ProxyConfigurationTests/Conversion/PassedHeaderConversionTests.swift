import Testing

@testable import ProxyConfiguration

@Suite struct PassedHeaderConversionTests {
    private static let tokens = #""options": {"authTokens": ["0123456789-0123456789"]}"#
    private static let url = #""url": "https://mcp.example/mcp", \#(tokens)"#

    private func found(_ members: String, beside others: String = url) -> [ConfigurationProblem] {
        errors(serverDocument("\(others), \"headersFromClient\": {\(members)}"))
    }

    private func expect(
        _ members: String, at name: String, _ words: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let problems = found(members)
        #expect(
            problems.map(\.keyPath) == ["mcpServers.fetch.headersFromClient\(name)"], "\(problems)",
            sourceLocation: sourceLocation)
        #expect(problems.first?.message.contains(words) == true, "\(problems)", sourceLocation: sourceLocation)
        #expect(problems.first?.suggestion?.isEmpty == false, sourceLocation: sourceLocation)
    }

    @Test("Headers are read in the order written; one may be passed on under two names")
    func headers() throws {
        let members = #""Authorization": "X-Code-Authorization", "X-API-Key": "x-key", "Cookie": "X-Key""#
        #expect(
            try server("\(Self.url), \"headersFromClient\": {\(members)}")?.passedHeaders == [
                PassedHeader(upstreamName: "Authorization", clientName: "X-Code-Authorization"),
                PassedHeader(upstreamName: "X-API-Key", clientName: "x-key"),
                PassedHeader(upstreamName: "Cookie", clientName: "X-Key"),
            ])
        #expect(try server(Self.url)?.passedHeaders == [])
        #expect(try server(#""url": "https://a", "headersFromClient": {}"#)?.passedHeaders == [])
    }

    @Test("What is no name of a header is refused on both sides", arguments: ["", "A B", "A:", "Ä", "A\\r\\nB"])
    func badNames(name: String) {
        #expect(found("\"\(name)\": \"X-A\"").map(\.message) == ["this is not the name of a header"])
        expect("\"X-A\": \"\(name)\"", at: ".X-A", "is not the name of a header")
    }

    @Test("A name is a text", arguments: ["1", "true", "null", "[]", "{}"])
    func badValues(value: String) {
        expect("\"X-A\": \(value)", at: ".X-A", "a text is expected")
    }

    @Test(
        "What the client says to the proxy alone stays there",
        arguments: ["Authorization", "authorization", "AUTHORIZATION", "Cookie", "cookie"])
    func ofClient(name: String) {
        expect("\"X-A\": \"\(name)\"", at: ".X-A", "\"\(name)\" is for the proxy")
    }

    @Test(
        "What belongs to the connection or the protocol is refused on both sides",
        arguments: [
            "Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "TE", "Trailer", "Keep-Alive",
            "Content-Type", "Accept", "Accept-Encoding", "Mcp-Session-Id", "MCP-Protocol-Version", "Last-Event-ID",
            "Mcp-Method", "Mcp-Name", "mcp-param-X", "Proxy-Authorization", "Proxy-Connection", "Proxy-Authenticate",
            "Expect", "Content-Encoding", "host",
        ])
    func ofMessage(name: String) {
        expect("\"\(name)\": \"X-A\"", at: ".\(name)", "so the proxy sets it itself")
        expect("\"X-A\": \"\(name)\"", at: ".X-A", "\"\(name)\" belongs to its connection or the protocol")
    }

    @Test("A name stands in one place")
    func twice() {
        expect(#""X-A": "X-B", "x-a": "X-C""#, at: ".x-a", "twice in different case")
        let problems = found(#""x-a": "X-B""#, beside: #"\#(Self.url), "headers": {"X-A": "canary"}"#)
        #expect(problems.map(\.keyPath) == ["mcpServers.fetch.headersFromClient.x-a"])
        #expect(problems.first?.message == "the header is configured under headers as well")
    }

    @Test("Either the client or the proxy has the token of the server")
    func authorization() {
        let passed = #""authorization": "X-A""#
        let problems = found(passed, beside: #"\#(Self.url), "auth": {"type": "oauth"}"#)
        #expect(problems.map(\.keyPath) == ["mcpServers.fetch.headersFromClient.authorization"])
        #expect(problems.first?.message.contains("token of auth") == true)
        #expect(problems.first?.suggestion?.contains(#""auth": "none""#) == true)
        #expect(found(passed, beside: #"\#(Self.url), "auth": "none""#).isEmpty)
        #expect(found(passed).isEmpty)
        #expect(found(#""X-B": "X-A""#, beside: #"\#(Self.url), "auth": {"type": "oauth"}"#).isEmpty)
    }

    @Test("A program gets no headers")
    func program() {
        let problems = found(#""X-A": "X-B""#, beside: #""command": "uvx", \#(Self.tokens)"#)
        #expect(problems.map(\.keyPath) == ["mcpServers.fetch.headersFromClient"])
        #expect(problems.first?.message.contains("servers with url") == true)
        #expect(found("", beside: #""command": "uvx""#).isEmpty)
    }

    @Test("What a file says is no name, since names are shown")
    func fromFile() {
        let text = serverDocument(#"\#(Self.url), "headersFromClient": {"X-A": "${file:x}"}"#)
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationLoader.load(
                text: Array(text.utf8), source: "c", format: .json, environment: [:],
                secrets: SecretFiles { _ in .success("canary") })
        }
        #expect(error?.problems.map(\.keyPath) == ["mcpServers.fetch.headersFromClient.X-A"])
        #expect(!"\(error as Any)".contains("canary"))
    }

    /// The problems of a proxy with one server that passes a header on.
    private func problemsOfCallers(_ proxy: String, server: String = "") -> [String] {
        errors(
            #"{"mcpProxy": {\#(proxy)}, "mcpServers": {"a": {"url": "https://a.example", "headersFromClient": {"X-A": "X-B"}\#(server)}}}"#
        ).map(\.keyPath)
    }

    @Test("Headers are taken from callers that are somebody")
    func callers() {
        let path = "mcpServers.a.headersFromClient"
        #expect(problemsOfCallers("") == [path])
        #expect(problemsOfCallers(#""endpoint": {"options": {"authTokens": ["0123456789-0123456789"]}}"#) == [path])
        #expect(problemsOfCallers(#""options": {"authTokens": ["0123456789-0123456789"]}"#) == [])
        let open = #", "options": {"authTokens": []}"#
        #expect(problemsOfCallers(#""options": {"authTokens": ["0123456789-0123456789"]}"#, server: open) == [path])
        let client = #""clients": {"laptop": {"tokens": ["0123456789-0123456789"], "servers": ["*"]}}"#
        #expect(problemsOfCallers(client, server: open) == [])
        #expect(
            problemsOfCallers(#""identity": {"issuers": [{"issuer": "https://a.example", "audience": "a"}]}"#) == [])
        #expect(problemsOfCallers(#""tls": {"certificateFile": "c", "clientCAFile": "a"}"#) == [])
        #expect(problemsOfCallers(#""identity": {"clientMetadataURL": "https://a.example/c"}"#) == [path])
        #expect(problemsOfCallers("", server: #", "disabled": true"#) == [])
    }
}
