import Testing

@testable import MCPFrontEnd

/// How answers look on the wire.
@Suite(.timeLimit(.minutes(2))) struct HTTPAnswerTests {
    @Test("An answer is the same whether it is small or large", arguments: [0, 1, 16 << 10, (16 << 10) + 1, 1 << 20])
    func sizes(length: Int) async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        let body = String(repeating: "x", count: length)
        for _ in 0..<2 {
            try await client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(length)\r\n\r\n" + body)
            let response = try await client.response()
            #expect(response.status == 200 && response["content-type"] == "application/json")
            #expect(response.body == body)
        }
    }

    @Test("A client of HTTP/1.0 gets a stream without chunks, and its connection is closed after an answer")
    func oldRevision() async throws {
        let harness = try await ListenerHarness()
        let streaming = try await harness.client()
        try await streaming.send("GET /stream HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n")
        let head = try await streaming.until("\r\n\r\n").lowercased()
        #expect(head.contains("connection: close\r\n") && !head.contains("transfer-encoding"))
        #expect(try await streaming.until("\n\n") == "data: 1\n\n")
        let client = try await harness.client()
        try await client.send("POST / HTTP/1.0\r\nHost: localhost\r\nContent-Length: 1\r\n\r\na")
        #expect(try await client.untilClosed().hasSuffix("\r\n\r\na"))
    }

    @Test("What is written to a stream comes in chunks, the large one as well as the small one")
    func chunks() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try await client.until("\r\n\r\n").lowercased().contains("transfer-encoding: chunked\r\n"))
        #expect(try await client.until("\n\n\r\n") == "9\r\ndata: 1\n\n\r\n")
        harness.write(String(repeating: "y", count: 20_000))
        #expect(try await client.until("\r\n") == "4e20\r\n")
        #expect(try await client.until("\r\n") == String(repeating: "y", count: 20_000) + "\r\n")
    }
}
