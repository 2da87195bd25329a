import MCPGateway
import MCPTestSupport
import MCPValues
import NIOCore
import NIOPosix
import Testing

@testable import MCPFrontEnd

/// Whose bodies are read, and how much of them is held.
@Suite(.timeLimit(.minutes(2))) struct HTTPBodyTests {
    private static let get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    private static let refused = "POST /refused HTTP/1.1\r\nHost: localhost\r\n"

    @Test("What is not let in is answered without its body, and the connection goes on when that was short")
    func refusedShort() async throws {
        let harness = try await ListenerHarness { $0.maximumBodyBytes = 1 << 30 }
        let client = try await harness.client()
        for length in [0, 5, 64 << 10] {
            try await client.send(
                Self.refused + "Content-Length: \(length)\r\n\r\n" + String(repeating: "x", count: length))
            let response = try await client.response()
            #expect(response.status == 403 && response["connection"] == nil)
        }
        try await client.send(Self.get)
        #expect(try await client.response().status == 200)
        #expect(harness.requests == ["GET / 0"])
    }

    @Test(
        "What is not let in with a long body is answered before that comes, and nothing of it is taken for a request",
        arguments: [
            "Content-Length: 1000000\r\n\r\n" + get,
            "Transfer-Encoding: chunked\r\n\r\nfffff\r\n"
                + String(
                    repeating: get, count: 2_000), "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n" + get,
            "Content-Length: \(UInt64.max)\r\n\r\n" + get,
        ])
    func refusedLong(rest: String) async throws {
        let harness = try await ListenerHarness { $0.maximumBodyBytes = 1 << 30 }
        let client = try await harness.client()
        try await client.send(Self.refused + rest)
        #expect(try await client.statusesUntilClosed() == [403])
        #expect(harness.requests == [])
    }

    @Test("A body that is said to be longer than any number is too long")
    func longest() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(UInt64.max)\r\n\r\n")
        #expect(try await client.statusesUntilClosed() == [413])
    }

    @Test("A client of HTTP/1.0 is not told to go on, which it would take for the answer")
    func oldClient() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        let head = "POST / HTTP/1.0\r\nHost: localhost\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"
        try await client.send(head + "1")
        #expect(try await client.statusesUntilClosed() == [200])
    }

    @Test("What needs no body throws it away")
    func skipped() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc" + Self.get)
        for _ in 0..<2 { #expect(try await client.response().body == "") }
        #expect(harness.requests == ["GET / 0", "GET / 0"])
    }

    @Test(
        "Who may stay no more while a body is waited for is refused, also where that is thrown away",
        arguments: ["GET", "POST"])
    func reviewed(method: String) async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send(Self.get + "\(method) /late HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n")
        #expect(try await client.response().status == 200)
        let asked = EventQueue<Void>()
        // Nobody is asked of as long as the second head has not been looked at.
        while asked.rest.isEmpty {
            harness.listener.review(
                VisitorReview { _ in
                    asked.add(())
                    return false
                })
            for eventLoop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
                try await eventLoop.submit {}.get()
            }
        }
        try await client.send("abc")
        #expect(try await client.statusesUntilClosed() == [401])
        #expect(harness.requests == ["GET / 0"])
    }

    @Test(
        "Who may stay no more while an answer is waited for is told why, and what was begun is given up",
        arguments: [
            (visitor: Principal.token(number: 0), withdraws: false, status: 401),
            (visitor: Principal(Standing(client: "laptop", .none)), withdraws: false, status: 404),
            (visitor: Principal(Standing(client: "laptop", .none)), withdraws: true, status: 401),
        ])
    func reviewedDuringAnswer(visitor: Principal, withdraws: Bool, status: Int) async throws {
        let harness = try await ListenerHarness(visitor: visitor)
        let client = try await harness.client()
        try await client.send("GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try await harness.waitForHeld(1)
        if withdraws { harness.withdrawToken() }
        harness.listener.review(VisitorReview { _ in false })
        #expect(try await client.statusesUntilClosed() == [status])
        #expect(try await harness.departures.next() == "/held")
    }

    @Test("Bodies that come in parts share one bound, and whoever would exceed it is told to come back")
    func bodyBudget() async throws {
        let harness = try await ListenerHarness {
            $0.maximumBodyBytes = 600_000
            $0.maximumBufferedBytes = 1_600_000
        }
        let head = "POST /held HTTP/1.1\r\nHost: localhost\r\nContent-Length: 600000\r\n\r\n"
        let first = try await harness.client()
        try await first.send(head + String(repeating: "x", count: 600_000))
        try await harness.waitForHeld(1)
        let second = try await harness.client()
        try await second.send(head + String(repeating: "x", count: 599_999))
        #expect(try await second.untilClosed().hasPrefix("HTTP/1.1 503 "))
        let small = try await harness.client()
        try await small.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n1")
        #expect(try await small.response().status == 200, "what comes at once is taken all the same")
        harness.release()
        #expect(try await first.response().status == 200)
        let third = try await harness.client()
        try await third.send(head + String(repeating: "x", count: 600_000))
        try await harness.waitForHeld(1)
        harness.release()
        #expect(try await third.response().status == 200, "what was answered is not counted any more")
    }
}
