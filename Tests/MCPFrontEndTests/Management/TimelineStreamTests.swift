import MCPCore
import MCPGateway
import MCPTestSupport
import NIOCore
import NIOPosix
import Testing

@testable import MCPFrontEnd

/// The requests of clients over HTTP.
@Suite(.timeLimit(.minutes(2))) struct TimelineStreamTests {
    static func request(_ tool: String, isPrivate: Bool = false) -> EndedRequest {
        EndedRequest(
            time: 0.5, request: "a-1", principal: "ann", client: ByteBuffer(string: #"{"name":"editor"}"#),
            route: "mcp",
            server: "one", method: "tools/call", tool: tool, outcome: "error", reason: "error", nanoseconds: 1_234_567,
            isPrivate: isPrivate)
    }

    private func open(_ harness: ManagementHarness, _ headers: [String] = [ManagementHarness.owner]) async throws
        -> RawClient
    {
        let client = try await RawClient(port: harness.port)
        let lines = ["GET /api/traffic?follow=true HTTP/1.1", "Host: localhost"] + headers + ["", ""]
        try await client.send(lines.joined(separator: "\r\n"))
        #expect(try await client.until("\r\n\r\n").contains("Content-Type: text/event-stream"))
        return client
    }

    @Test("Without following, what is kept comes as JSON, from the second time on")
    func json() async throws {
        let harness = try await ManagementHarness()
        #expect(try await harness.answer("GET", "/api/traffic").body == #"{"requests":[]}"#)
        harness.timeline.note(Self.request("get"))
        #expect(
            try await harness.answer("GET", "/api/traffic").body
                == #"{"requests":[{"number":1,"time":"1970-01-01T00:00:00.500Z","request":"a-1","principal":"ann","client":"editor","route":"mcp","server":"one","method":"tools/call","tool":"get","outcome":"error","reason":"error","ms":1.23}]}"#
        )
        #expect(try await harness.answer("HEAD", "/api/traffic?follow=true").status == 200)
        #expect(try await harness.answer("POST", "/api/traffic").status == 405)
        for headers in [[], ["Authorization: Bearer server"]] {
            #expect([401, 403].contains(try await harness.answer("GET", "/api/traffic", headers).status))
        }
    }

    @Test("Who follows gets each request when it has ended, and nothing is kept for who has left")
    func follows() async throws {
        let harness = try await ManagementHarness()
        let client = try await open(harness)
        await eventually { harness.timeline.onlookers == 1 }
        harness.timeline.note(Self.request("first\ndata: forged"))
        let event = try await client.until("\n\n")
        #expect(event.contains("id: 1\ndata: {\"number\":1") && event.contains(#""tool":"first\\u{a}data: forged""#))
        harness.timeline.note(Self.request("second"))
        #expect(try await client.until("\n\n").contains("id: 2\n"))
        try await client.close()
        await eventually { harness.timeline.onlookers == 0 }
    }

    @Test("Who comes back goes on after what was seen, and is told how many were missed meanwhile")
    func resumes() async throws {
        let harness = try await ManagementHarness()
        _ = harness.timeline.join(after: 0)
        for number in 1...1_003 { harness.timeline.note(Self.request("\(number)")) }
        let client = try await open(harness, [ManagementHarness.owner, "Last-Event-ID: 1"])
        let dropped = try await client.until("\n\n")
        #expect(dropped.contains("event: dropped\n") && dropped.contains(#"{"count":2}"#))
        #expect(try await client.until("\n\n").contains("id: 4\n"))
    }

    @Test("A client that does not read misses some, is told how many, and holds nobody up")
    func slow() async throws {
        let harness = try await ManagementHarness()
        let client = try await open(harness)
        await eventually { harness.timeline.onlookers == 1 }
        // Far more than is on its way between two sockets.
        let long = String(repeating: "x", count: 100)
        for round in 1...200 {
            for number in 1...1_000 { harness.timeline.note(Self.request("\(round).\(number)\(long)")) }
            try await Self.pause()
        }
        var text = ""
        while !text.contains("event: dropped\n") { text = try await client.until("\n\n") }
        #expect(text.contains(#"{"count":"#))
        while !text.contains("id: 200000\n") { text = try await client.until("\n\n") }
    }

    @Test("What only its client knows of is shown to callers who are known, and to nobody else")
    func isPrivate() async throws {
        for (tokens, count) in [(["owner"], 2), ([], 1)] {
            let harness = try await ManagementHarness(tokens: tokens)
            _ = harness.timeline.look()
            harness.timeline.note(Self.request("brought", isPrivate: true))
            harness.timeline.note(Self.request("plain"))
            let headers = tokens.isEmpty ? [] : [ManagementHarness.owner]
            let shown = try await harness.answer("GET", "/api/traffic", headers).json["requests"]?.elements
            #expect(shown?.count == count)
            let client = try await open(harness, headers)
            #expect(try await client.until("\n\n").contains(tokens.isEmpty ? "plain" : "brought"))
        }
    }

    /// Nothing tells when a listener has seen something; the suite's time limit ends a wait in vain.
    private func eventually(_ condition: () -> Bool) async {
        // A pause that is cut short only lets the condition be looked at again.
        while !condition() { try? await Self.pause() }
    }

    /// A turn of an event loop: to spin would keep everybody else waiting.
    private static func pause() async throws {
        try await MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: .milliseconds(2)) {}.futureResult.get()
    }
}
