import MCPCore
import MCPGateway
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPFrontEnd

/// Requests of clients without session over HTTP: which are taken, and how the others are refused.
@Suite(.timeLimit(.minutes(2))) struct ModernEndpointTests {
    private typealias Post = ModernDoor.Post

    private func code(_ response: RawClient.Response) throws -> Int64? {
        let message = try Message(response.body)
        return message.view(message.envelope.error)?["code"]?.integer
    }

    @Test("A request that says everything twice and alike is answered, without a session")
    func answered() async throws {
        let response = try await ModernDoor().answer()
        #expect(response.status == 200 && response["mcp-session-id"] == nil)
        #expect(response.body == #"{"jsonrpc":"2.0","id":"i","result":{"resultType":"complete","content":[]}}"#)
        #expect(response["content-type"] == "application/json")
    }

    @Test(
        "What is missing from params._meta is a wrong parameter",
        arguments: [
            #""params":{"name":"t"}"#, #""params":{"_meta":{}}"#,
            #""params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}"#,
            #""params":{"_meta":{"io.modelcontextprotocol/clientCapabilities":{}}}"#,
            #""params":{"_meta":{"io.modelcontextprotocol/protocolVersion":1,"io.modelcontextprotocol/clientCapabilities":{}}}"#,
            #""params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":[]}}"#,
            #""params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":1}}"#,
            #""params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/logLevel":"loud"}}"#,
            #""x":1"#,
        ])
    func missing(params: String) async throws {
        let body = #"{"jsonrpc":"2.0","id":"i","method":"tools/call",\#(params)}"#
        let response = try await ModernDoor().answer(Post(body: body))
        #expect(try response.status == 400 && code(response) == -32602)
        #expect(try Message(response.body).id == RequestID.token(Array(#""i""#.utf8)))
    }

    @Test(
        "Header fields that are missing, stand twice or say something else are refused",
        arguments: [
            ["Mcp-Method: tools/call", "Mcp-Name: t"], ["MCP-Protocol-Version: 2026-07-28", "Mcp-Name: t"],
            ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call"],
            ["MCP-Protocol-Version: 2026-07-29", "Mcp-Method: tools/call", "Mcp-Name: t"],
            ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: Tools/call", "Mcp-Name: t"],
            ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Name: T"],
            ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Name: t", "Mcp-Name: t"],
            ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Method: tools/call", "Mcp-Name: t"],
            ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Name: =?base64?dA?="],
            ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Name: =?base64?dQ==?="],
            ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Name: "],
        ])
    func headers(fields: [String]) async throws {
        let response = try await ModernDoor().answer(Post(headers: fields))
        #expect(try response.status == 400 && code(response) == -32020)
    }

    @Test("A name that no header field can carry comes encoded, and header names in any case")
    func encodedName() async throws {
        let post = Post(
            params: #""name":"\u00e9 ","#,
            headers: ["mcp-protocol-version: 2026-07-28", "MCP-METHOD: tools/call", "mCp-nAmE: =?base64?w6kg?="])
        #expect(try await ModernDoor().answer(post).status == 200)
    }

    @Test("A revision that we do not speak is refused with those that we do", arguments: ["2099-01-01", "2026-07-29"])
    func unknownVersion(name: String) async throws {
        let post = Post(
            meta:
                #""io.modelcontextprotocol/protocolVersion":"\#(name)","io.modelcontextprotocol/clientCapabilities":{}"#,
            headers: ["MCP-Protocol-Version: \(name)", "Mcp-Method: tools/call", "Mcp-Name: t"])
        let response = try await ModernDoor().answer(post)
        #expect(try response.status == 400 && code(response) == -32022)
        let message = try Message(response.body)
        let data = message.view(message.envelope.error)?["data"]
        #expect(data?["requested"]?.string == name)
        #expect(data?["supported"]?.elements.compactMap(\.string).contains("2026-07-28") == true)
    }

    @Test(
        "What the server says of a request is told by the status too, where the revision has one",
        arguments: [("t", 200), ("parameters", 200), ("capability", 400)])
    func serverErrors(tool: String, status: Int) async throws {
        let post = Post(
            params: #""name":"\#(tool)","#,
            headers: ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Name: \(tool)"])
        #expect(try await ModernDoor().answer(post).status == status)
    }

    @Test("A method that does not exist is not found, whoever says so", arguments: ["ping", "initialize", "x/y"])
    func unknownMethod(method: String) async throws {
        let post = Post(
            method: method, params: "", headers: ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: \(method)"])
        let response = try await ModernDoor().answer(post)
        #expect(try response.status == 404 && code(response) == -32601)
    }

    @Test("There is only POST", arguments: ["GET", "DELETE"])
    func onlyPOST(verb: String) async throws {
        let response = try await ModernDoor().answer(Post(body: ""), verb: verb)
        #expect(response.status == 405 && response["allow"] == "POST")
    }

    @Test("A notification is taken and means nothing, a response is refused")
    func otherKinds() async throws {
        let door = try await ModernDoor()
        let notification = Post(body: #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        #expect(try await door.answer(notification).status == 202)
        #expect(try await door.answer(Post(body: #"{"jsonrpc":"2.0","id":1,"result":{}}"#)).status == 400)
        #expect(
            try await door.answer(Post(body: #"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}"#)).status
                == 400)
    }

    @Test("What is no message, and a batch, are refused with the codes of JSON-RPC")
    func noMessages() async throws {
        let door = try await ModernDoor()
        let malformed = try await door.answer(Post(body: "{"))
        #expect(try malformed.status == 400 && code(malformed) == -32700)
        let batch = try await door.answer(Post(body: "[\(Post().text)]"))
        #expect(try batch.status == 400 && code(batch) == -32600)
    }

    @Test("Progress opens a stream, which ends with the answer")
    func stream() async throws {
        let door = try await ModernDoor()
        let client = try await door.begin(
            Post(
                params: #""name":"progress","#,
                meta: Post().meta + #","progressToken":"p""#,
                headers: ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Name: progress"]))
        let head = try await client.until("\r\n\r\n")
        #expect(head.hasPrefix("HTTP/1.1 200") && head.lowercased().contains("content-type: text/event-stream"))
        let events = try await client.until(#""result":{"resultType":"complete","content":[]}}"#)
        #expect(events.contains(#""progressToken":"p""#) && !events.contains("id: "), "a stream that breaks is over")
        _ = try await client.until("0\r\n\r\n")
        try await client.close()
    }

    @Test("While the proxy is shutting down a request is refused so that it can be sent elsewhere")
    func draining() async throws {
        let door = try await ModernDoor()
        door.gateway.beginDraining()
        let answer = try await door.answer(Post())
        #expect(answer.status == 503)
        #expect(answer["retry-after"] != nil)
        #expect(answer.body.contains(#""code":-31005"#))
    }

    @Test("A client that closes its connection cancels its call")
    func disconnect() async throws {
        let door = try await ModernDoor()
        let client = try await door.begin(
            Post(
                params: #""name":"silent","#,
                headers: ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Name: silent"]))
        _ = try await door.seen.wait(for: #""name":"silent""#)
        try await client.close()
        _ = try await door.seen.wait(for: "notifications/cancelled")
    }

    @Test("A subscription is a stream that begins with its acknowledgement; without a stream there is none")
    func subscription() async throws {
        let door = try await ModernDoor()
        var post = Post(
            method: "subscriptions/listen", params: #""notifications":{"toolsListChanged":true},"#,
            headers: ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: subscriptions/listen"])
        let client = try await door.begin(post)
        _ = try await client.until("\r\n\r\n")
        let event = try await client.until("\n\n")
        #expect(event.contains(#""method":"notifications/subscriptions/acknowledged""#))
        #expect(event.contains(#""io.modelcontextprotocol/subscriptionId":"i""#))
        try await client.close()
        post.accept = "application/json"
        #expect(try await door.answer(post).status == 406)
    }

    @Test("A request without the header whose metadata names the revision is one of it all the same")
    func byMetadata() async throws {
        let response = try await ModernDoor().answer(Post(headers: []))
        #expect(try response.status == 400 && code(response) == -32020)
    }
}
