import MCPTestSupport
import NIOCore
import NIOPosix
import Testing

@testable import MCPFrontEnd

/// A server's journal over HTTP.
@Suite(.timeLimit(.minutes(2))) struct JournalStreamTests {
    private func open(_ harness: ManagementHarness, _ path: String, _ headers: [String] = []) async throws -> RawClient
    {
        let client = try await RawClient(port: harness.port)
        let lines = ["GET \(path) HTTP/1.1", "Host: localhost", ManagementHarness.owner] + headers + ["", ""]
        try await client.send(lines.joined(separator: "\r\n"))
        #expect(try await client.until("\r\n\r\n").contains("Content-Type: text/event-stream"))
        return client
    }

    @Test("Without following, what is kept comes as JSON")
    func json() async throws {
        let harness = try await ManagementHarness()
        harness.servers.journal.note(.stderr, "one\n", at: 0.5)
        let response = try await harness.answer(
            "GET", "/api/servers/fetch/logs", [ManagementHarness.owner, "Accept: */*"])
        #expect(
            response.body
                == #"{"entries":[{"number":1,"time":"1970-01-01T00:00:00.500Z","kind":"stderr","text":"one\\u{a}"}]}"#)
        #expect(try await harness.answer("HEAD", "/api/servers/fetch/logs?follow=true").status == 200)
    }

    @Test(
        "Who follows gets what is kept, then what comes, and the end with the server",
        arguments: [
            ("/api/servers/fetch/logs?follow=true", []), ("/api/servers/fetch/logs", ["Accept: text/event-stream"]),
        ])
    func follows(path: String, headers: [String]) async throws {
        let harness = try await ManagementHarness()
        let journal = harness.servers.journal
        journal.note(.stderr, "kept", at: 0)
        let client = try await open(harness, path, headers)
        #expect(try await client.until("\n\n").contains("id: 1\ndata: {\"number\":1"))
        journal.note(.event, "later\ndata: forged", at: 1)
        let later = try await client.until("\n\n")
        #expect(later.contains("id: 2\n") && later.contains(#""text":"later\\u{a}data: forged"}"#))
        journal.close()
        #expect(try await client.until("0\r\n\r\n").contains("event: end\n"))
        #expect(journal.followerCount == 0)
    }

    @Test("Who comes back goes on after the last entry seen, and from the start if that is of an earlier journal")
    func resumes() async throws {
        let harness = try await ManagementHarness()
        for number in 1...3 { harness.servers.journal.note(.event, "\(number)", at: 0) }
        for (last, first) in [("2", 3), ("9", 1), ("x", 1), ("-1", 1)] {
            let client = try await open(harness, "/api/servers/fetch/logs?follow=true", ["Last-Event-ID: \(last)"])
            #expect(try await client.until("\n\n").contains("id: \(first)\n"), "\(last)")
            try await client.close()
        }
    }

    @Test("A client that leaves is followed for no longer")
    func leaves() async throws {
        let harness = try await ManagementHarness()
        let journal = harness.servers.journal
        journal.note(.event, "one", at: 0)
        let (leaving, staying) = (
            try await open(harness, "/api/servers/fetch/logs?follow=true"),
            try await open(harness, "/api/servers/fetch/logs?follow=true")
        )
        _ = try await leaving.until("\n\n")
        _ = try await staying.until("\n\n")
        #expect(journal.followerCount == 2)
        try await leaving.close()
        // Nothing tells when the listener has seen it; the suite's time limit ends a wait in vain.
        while journal.followerCount > 1 {
            // A turn of an event loop: to spin would keep everybody else waiting.
            try await MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: .milliseconds(2)) {}.futureResult
                .get()
        }
        journal.note(.event, "two", at: 0)
        #expect(try await staying.until("\n\n").contains("id: 2\n"))
    }
}
