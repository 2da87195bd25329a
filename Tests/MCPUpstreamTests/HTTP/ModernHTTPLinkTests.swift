import MCPCore
import NIOCore
import Testing

@testable import MCPUpstream

/// Stateless requests over HTTP, and how it is found out that a URL takes them.
@Suite(.timeLimit(.minutes(2))) struct ModernHTTPLinkTests {
    private static let error = #"{"jsonrpc":"2.0","id":%,"error":{"code":-32022,"message":"m"}}"#

    private func send(
        _ id: Int64,
        on link: HTTPLinkHarness,
        _ params: String = #"{"name":"t"}"#,
        parameters: [(name: String, value: String)] = []
    ) async throws {
        let text = #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":\#(params)}"#
        let request = OutgoingRequest(try Message(ByteBuffer(string: text)), parameters: parameters)
        let mirrored = MirroredFields(request, version: .july2026)
        try await link.run { $0.send(ByteBuffer(string: text), as: .request(id: id), mirrored: mirrored) }
    }

    private func initialize(_ link: HTTPLinkHarness, id: Int64 = 1) async throws {
        let text = SentMessages.initialize.replacing(#""id":1"#, with: #""id":\#(id)"#)
        try await link.send(text, as: .request(id: id))
    }

    @Test("A stateless request states in header fields what it is, and belongs to no session")
    func fields() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.json(HTTPAnswers.result(1), headers: "Mcp-Session-Id: s\r\n"))
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        for _ in 0..<2 {
            try await send(
                1, on: link, #"{"name":"caf\u00e9"}"#, parameters: [("Mcp-Param-A", "1"), ("mcp-param-b", "x y")])
            let request = try await server.nextRequest()
            #expect(request.method == "POST" && request.header("MCP-Protocol-Version") == "2026-07-28")
            #expect(request.header("Mcp-Method") == "tools/call")
            #expect(request.header("Mcp-Name").flatMap(HeaderValue.decode) == "café")
            #expect(request.header("Mcp-Param-A") == "1" && request.header("Mcp-Param-B") == "x y")
            #expect(request.header("Mcp-Session-Id") == nil, "also when the server has given one")
            #expect(request.headers.count { $0.name.lowercased() == "mcp-protocol-version" } == 1)
            #expect(try await link.next() == .received(HTTPAnswers.result(1), relatedTo: 1))
        }
        try await link.close()
        #expect(try await link.closure().code == .closed)
        #expect(server.log.rest.isEmpty || !server.log.rest.contains { if case .request = $0 { true } else { false } })
    }

    @Test("A value that no header can carry cannot smuggle another field")
    func smuggling() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.json(HTTPAnswers.result(1)))
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await send(
            1, on: link, #"{"name":"a\r\nX-Evil: 1"}"#,
            parameters: [
                ("Mcp-Param-A", "1\r\nX-Evil: 2"), ("Mcp-Param-B\r\nX-Evil", "3"), ("Mcp-Param-Ok", "5"),
            ])
        let request = try await server.nextRequest()
        #expect(request.header("X-Evil") == nil && request.header("Mcp-Param-A") == nil)
        #expect(request.header("Mcp-Param-Ok") == "5")
        #expect(request.header("Mcp-Name").flatMap(HeaderValue.decode) == "a\r\nX-Evil: 1")
    }

    @Test("A stream that breaks before the answer is over: it is not taken up again")
    func notResumed() async throws {
        let server = try await ScriptedServer { request, connection in
            connection.send(
                HTTPAnswers.events() + "id: 1\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}\n\n")
            connection.close()
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await send(1, on: link)
        #expect(try await link.failure(of: 1).code == .connectionLost)
        try await send(2, on: link)
        #expect(try await link.failure(of: 2).code == .connectionLost)
        #expect(try await server.nextRequest().method == "POST")
        #expect(try await server.nextRequest().method == "POST", "nothing came in between")
    }

    @Test(
        "An error of the protocol comes with any status, and with or without the identifier of its request",
        arguments: [("400 X", "1"), ("404 X", "1"), ("400 X", "null"), ("404 X", "null"), ("500 X", "1")])
    func protocolErrors(status: String, id: String) async throws {
        let body = Self.error.replacing("%", with: id)
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.json(body, status: status))
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await send(1, on: link)
        #expect(try await link.next() == .received(Self.error.replacing("%", with: "1"), relatedTo: 1))
    }

    @Test("A refusal that is not the protocol's says that the server is no stateless one", arguments: [400, 404, 405])
    func notStateless(status: Int) async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.text("no", type: "text/plain", status: "\(status) X"))
        }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await send(1, on: link)
        #expect(try await link.failure(of: 1).code == .notStateless)
    }

    @Test("To give up a request closes its connection, which is the cancellation")
    func abandoned() async throws {
        let server = try await ScriptedServer { _, connection in connection.send(HTTPAnswers.events()) }
        let link = try await HTTPLinkHarness.streamable(server.url())
        try await send(1, on: link)
        _ = try await server.nextRequest()
        try await link.run { $0.abandon(1) }
        #expect(try await server.nextClosed() == 1)
        #expect(link.log.rest.isEmpty)
    }

    @Test("Without a handshake nothing is listened to")
    func noListening() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.json(HTTPAnswers.result(1)))
        }
        let link = try await HTTPLinkHarness.detecting(server.url(), memory: TransportMemory())
        _ = try await link.next()
        try await link.run {
            $0.statelessServerFound()
            ($0 as? any ListeningLink)?.openListeningStream()
        }
        try await send(1, on: link)
        _ = try await link.next()
        try await send(1, on: link)
        #expect(try await server.nextRequest().method == "POST")
        #expect(try await server.nextRequest().method == "POST")
    }

    // MARK: Detection

    @Test("A refused probe does not yet tell which transport a server has; the handshake does")
    func probeThenSSE() async throws {
        let server = try await ScriptedServer { request, connection in
            if request.method == "GET" {
                connection.send(HTTPAnswers.events() + "event: endpoint\ndata: /messages\n\n")
            } else {
                connection.send(HTTPAnswers.empty(request.target == "/messages" ? "202 Accepted" : "405 X"))
            }
        }
        let memory = TransportMemory()
        let link = try await HTTPLinkHarness.detecting(server.url("/sse"), memory: memory)
        _ = try await link.next()
        try await send(1, on: link)
        #expect(try await link.failure(of: 1).code == .notStateless)
        #expect(memory.transport == nil)
        try await initialize(link, id: 2)
        for target in ["/sse", "/sse", "/sse", "/messages"] {
            #expect(try await server.nextRequest().target == target)
        }
        #expect(memory.transport == .sse)
    }

    @Test("A probe that is answered with an error does not tell it either")
    func probeAnswered() async throws {
        let server = try await ScriptedServer { request, connection in
            connection.send(
                request.body.contains("initialize")
                    ? HTTPAnswers.json(HTTPAnswers.result(2))
                    : HTTPAnswers.json(Self.error.replacing("%", with: "1"), status: "400 X"))
        }
        let memory = TransportMemory()
        let link = try await HTTPLinkHarness.detecting(server.url(), memory: memory)
        _ = try await link.next()
        try await send(1, on: link)
        #expect(try await link.next() == .received(Self.error.replacing("%", with: "1"), relatedTo: 1))
        #expect(memory.transport == nil)
        try await initialize(link, id: 2)
        #expect(try await link.next() == .received(HTTPAnswers.result(2), relatedTo: 2))
        #expect(memory.transport == .streamableHTTP)
    }

    @Test("A stateless server that was found is spoken to over streamable HTTP from then on")
    func found() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.json(HTTPAnswers.result(1)))
        }
        let memory = TransportMemory()
        let link = try await HTTPLinkHarness.detecting(server.url(), memory: memory)
        _ = try await link.next()
        try await send(1, on: link)
        _ = try await link.next()
        try await link.run { $0.statelessServerFound() }
        #expect(memory.transport == .streamableHTTP)
        try await send(1, on: link)
        #expect(try await link.next() == .received(HTTPAnswers.result(1), relatedTo: 1))
    }
}
