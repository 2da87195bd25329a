import Addresses
import MCPCore
import NIOCore
import Testing

@testable import MCPUpstream

@Suite struct DetectingHTTPLinkTests {
    /// A server that refuses POSTs to its URL with a status and speaks HTTP+SSE there.
    private func oldServer(_ status: String = "405 X", stream: String? = nil) async throws -> ScriptedServer {
        try await ScriptedServer { request, connection in
            if request.method == "GET" {
                connection.send(stream ?? HTTPAnswers.events() + "event: endpoint\ndata: /messages\n\n")
            } else {
                connection.send(HTTPAnswers.empty(request.target == "/messages" ? "202 Accepted" : status))
            }
        }
    }

    @Test("A server that answers the POST is spoken to over streamable HTTP, which is remembered")
    func streamable() async throws {
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.json(HTTPAnswers.result(1)))
        }
        let memory = TransportMemory()
        let link = try await HTTPLinkHarness.detecting(server.url(), memory: memory)
        #expect(try await link.next() == .opened)
        try await link.send(SentMessages.initialize, as: .request(id: 1))
        #expect(try await link.next() == .received(HTTPAnswers.result(1), relatedTo: 1))
        #expect(memory.transport == .streamableHTTP)
        try await link.close()
        #expect(try await link.next() == .closed(UpstreamFailure(.closed, "the connection was closed")))
    }

    @Test("A server that refuses the POST is spoken to over HTTP+SSE, if it can", arguments: [400, 404, 405])
    func fallsBack(status: Int) async throws {
        let server = try await oldServer("\(status) X")
        let memory = TransportMemory()
        let link = try await HTTPLinkHarness.detecting(server.url("/sse"), memory: memory)
        #expect(try await link.next() == .opened)
        try await link.send(SentMessages.initialize, as: .request(id: 1))
        #expect(try await server.nextRequest().method == "POST")
        #expect(try await server.nextRequest().method == "GET")
        let again = try await server.nextRequest()
        #expect(again.target == "/messages")
        #expect(again.body == SentMessages.initialize)
        #expect(memory.transport == .sse)
        try await link.call(2)
        #expect(try await server.nextRequest().body == SentMessages.call(2))
        try await link.close()
        #expect(try await link.next() == .closed(UpstreamFailure(.closed, "the connection was closed")))
        #expect(link.log.rest.isEmpty)
    }

    @Test("The next link to such a server goes straight to its stream")
    func remembers() async throws {
        let server = try await oldServer()
        let memory = TransportMemory()
        memory.remember(.sse)
        let link = try await HTTPLinkHarness.detecting(server.url("/sse"), memory: memory)
        #expect(try await link.next() == .opened)
        #expect(try await server.nextRequest().method == "GET")
        try await link.send(SentMessages.initialize, as: .request(id: 1))
        #expect(try await server.nextRequest().target == "/messages")
    }

    @Test("What was remembered is forgotten when it is not true any more")
    func forgets() async throws {
        let server = try await oldServer(stream: HTTPAnswers.empty("405 X"))
        let memory = TransportMemory()
        memory.remember(.sse)
        let link = try await HTTPLinkHarness.detecting(server.url("/sse"), memory: memory)
        #expect(try await link.closure().code == .unexpectedHTTPAnswer)
        #expect(memory.transport == nil)
    }

    @Test("A server that is merely away is still what it was")
    func keepsMemory() async throws {
        let memory = TransportMemory()
        memory.remember(.sse)
        let url = try HTTPURL("http://127.0.0.1:\(await ScriptedServer.freePort())/")
        let link = try await HTTPLinkHarness.detecting(url, memory: memory)
        #expect(try await link.closure().code == .notReachable)
        #expect(memory.transport == .sse)
    }

    @Test("A server that speaks neither is told as such, with what it answered to each")
    func neither() async throws {
        let server = try await oldServer("404 X", stream: HTTPAnswers.text("hello", type: "text/plain"))
        let link = try await HTTPLinkHarness.detecting(server.url(), memory: TransportMemory())
        #expect(try await link.next() == .opened)
        try await link.send(SentMessages.initialize, as: .request(id: 1))
        let failure = try await link.failure(of: 1)
        #expect(failure.code == .unexpectedHTTPAnswer)
        #expect(failure.detail.contains("404 Not Found"))
        #expect(failure.detail.contains("text/plain"))
        // The link is still there to be tried again.
        try await link.send(SentMessages.initialize, as: .request(id: 2))
        #expect(try await link.failure(of: 2).detail.contains("404 Not Found"))
    }

    @Test("Other refusals say nothing about the transport", arguments: ["401 Unauthorized", "500 X", "302 Found"])
    func otherRefusals(status: String) async throws {
        let server = try await oldServer(status)
        let link = try await HTTPLinkHarness.detecting(server.url("/sse"), memory: TransportMemory())
        #expect(try await link.next() == .opened)
        try await link.send(SentMessages.initialize, as: .request(id: 1))
        _ = try await link.failure(of: 1)
        #expect(try await server.nextRequest().method == "POST")
        #expect(server.log.rest.allSatisfy { if case .request = $0 { false } else { true } })
    }

    @Test("A JSON-RPC answer decides, whatever its status")
    func errorAnswer() async throws {
        let error = #"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}"#
        let server = try await ScriptedServer { _, connection in
            connection.send(HTTPAnswers.json(error, status: "400 X"))
        }
        let memory = TransportMemory()
        let link = try await HTTPLinkHarness.detecting(server.url(), memory: memory)
        #expect(try await link.next() == .opened)
        try await link.send(SentMessages.initialize, as: .request(id: 1))
        #expect(try await link.next() == .received(error, relatedTo: 1))
        #expect(memory.transport == .streamableHTTP)
    }

    @Test("What is sent while the stream is being opened follows; what is abandoned does not")
    func whileFalling() async throws {
        let streams = AwaitedLog<ScriptedConnection>()
        let server = try await ScriptedServer { request, connection in
            switch (request.method, request.target) {
            case ("GET", _): streams.add(connection)
            case (_, "/messages"): connection.send(HTTPAnswers.empty())
            default: connection.send(HTTPAnswers.empty("404 X"))
            }
        }
        let link = try await HTTPLinkHarness.detecting(server.url("/sse"), memory: TransportMemory())
        #expect(try await link.next() == .opened)
        try await link.send(SentMessages.initialize, as: .request(id: 1))
        let stream = try await streams.next()
        try await link.run {
            $0.abandon(1)
            for id in 2...4 { $0.send(ByteBuffer(string: SentMessages.call(Int64(id))), as: .request(id: Int64(id))) }
            $0.abandon(3)
        }
        stream.send(HTTPAnswers.events() + "event: endpoint\ndata: /messages\n\n")
        _ = try await server.nextRequest()
        _ = try await server.nextRequest()
        #expect(try await server.nextRequest().body == SentMessages.call(2))
        #expect(try await server.nextRequest().body == SentMessages.call(4))
    }

    @Test("A link that is closed while it tries the stream reports that once")
    func closedWhileFalling() async throws {
        let streams = AwaitedLog<ScriptedConnection>()
        let server = try await ScriptedServer { request, connection in
            if request.method == "GET" { streams.add(connection) } else { connection.send(HTTPAnswers.empty("404 X")) }
        }
        let link = try await HTTPLinkHarness.detecting(server.url("/sse"), memory: TransportMemory())
        #expect(try await link.next() == .opened)
        try await link.send(SentMessages.initialize, as: .request(id: 1))
        _ = try await streams.next()
        try await link.close()
        #expect(try await link.next() == .closed(UpstreamFailure(.closed, "the connection was closed")))
        _ = try await server.nextClosed()
        #expect(link.log.rest.isEmpty)
    }
}
