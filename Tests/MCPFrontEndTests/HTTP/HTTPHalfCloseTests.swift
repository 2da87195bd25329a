import MCPTestSupport
import Testing

@testable import MCPFrontEnd

/// Connections whose clients have ended their side.
@Suite(.timeLimit(.minutes(2))) struct HTTPHalfCloseTests {
    private static let held = "GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n"
    private static let post = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab"

    @Test("What was sent before is answered in its order, and then the connection is closed")
    func answered() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send(Self.held + Self.post)
        try await harness.waitForHeld(1)
        try await client.endSending()
        harness.release()
        #expect(try await client.statusesUntilClosed().filter { $0 != 100 } == [200, 200])
        #expect(harness.requests == ["GET /held 0", "POST / 2"])
    }

    @Test("A client that waits and reads is told that it is waited for, and gets its answer")
    func probed() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send(Self.held)
        try await client.endSending()
        #expect(try await client.response().status == 100)
        harness.release()
        #expect(try await client.untilClosed().contains("held"))
    }

    @Test("A client of HTTP/1.0 is told nothing before its answer")
    func oldClient() async throws {
        let harness = try await ListenerHarness { $0.keepAliveInterval = .milliseconds(1) }
        let client = try await harness.client()
        try await client.send("GET /held HTTP/1.0\r\nHost: localhost\r\n\r\n")
        try await client.endSending()
        let other = try await harness.client()
        try await other.send(Self.held)
        try await other.endSending()
        for _ in 0..<3 { #expect(try await other.response().status == 100) }
        harness.release()
        #expect(try await client.statusesUntilClosed() == [200])
    }

    @Test("A stream goes on, and shows life at once")
    func stream() async throws {
        let harness = try await ListenerHarness { $0.keepAliveInterval = .seconds(600) }
        let client = try await harness.client()
        try await client.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        _ = try await client.until("data: 1\n\n")
        try await client.endSending()
        _ = try await client.until(": keep-alive\n\n")
        harness.write("more")
        _ = try await client.until("data: more\n\n")
        harness.endStreams()
        #expect(try await client.untilClosed().hasSuffix("0\r\n\r\n"))
    }

    @Test("A client that has gone, at once or later, is noticed", arguments: ["/held", "/stream"])
    func gone(path: String) async throws {
        let harness = try await ListenerHarness { $0.keepAliveInterval = .milliseconds(100) }
        for lingers in [false, true] {
            let client = try await harness.client()
            try await client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            if path == "/held" {
                try await harness.waitForHeld(lingers ? 2 : 1)
            } else {
                _ = try await client.until("1\n\n")
            }
            if lingers {
                try await client.endSending()
                _ = try await client.until(path == "/held" ? "100 Continue\r\n\r\n" : ": keep-alive\n\n")
            }
            try await client.close()
            #expect(try await harness.departures.next() == path)
        }
    }

    @Test("A request that ends too early is refused and never executed", arguments: ["", "a"])
    func cutOff(body: String) async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n" + body)
        try await client.endSending()
        #expect(try await client.statusesUntilClosed() == [400])
        #expect(harness.requests.isEmpty)
    }

    @Test("A connection on which nothing is asked is closed without a word")
    func idle() async throws {
        let harness = try await ListenerHarness()
        let fresh = try await harness.client()
        try await fresh.endSending()
        #expect(try await fresh.untilClosed().isEmpty)
        let used = try await harness.client()
        try await used.send(Self.post)
        #expect(try await used.response().status == 200)
        try await used.endSending()
        #expect(try await used.untilClosed().isEmpty)
    }
}
