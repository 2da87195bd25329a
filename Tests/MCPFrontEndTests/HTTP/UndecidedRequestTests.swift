import Testing

@testable import MCPFrontEnd

/// Requests that wait until it is known who sends them.
@Suite(.timeLimit(.minutes(1))) struct UndecidedRequestTests {
    private func request(_ path: String, body: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("A request that is decided at once is answered like any other")
    func atOnce() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send(request("/undecided/at-once", body: "12345") + request("/undecided/at-once"))
        #expect(try await client.response().status == 200)
        #expect(try await client.response().status == 200)
        #expect(harness.requests == ["POST /undecided/at-once 5", "POST /undecided/at-once 0"])
    }

    @Test("What comes before the decision is read after it, and requests keep their order")
    func order() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send(request("/undecided/a", body: "123") + request("/b", body: "4567"))
        try await harness.waitForUndecided(1)
        #expect(harness.requests.isEmpty)
        harness.decideAll()
        #expect(try await client.response().status == 200)
        #expect(try await client.response().status == 200)
        #expect(harness.requests == ["POST /undecided/a 3", "POST /b 4"])
    }

    @Test("A body of which a half comes later is read as a whole")
    func halves() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send("POST /undecided/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\n123")
        try await harness.waitForUndecided(1)
        harness.decideAll()
        try await client.send("456")
        #expect(try await client.response().status == 200)
        #expect(harness.requests == ["POST /undecided/a 6"])
    }

    @Test("A body that is too long is refused after the decision as well")
    func tooLong() async throws {
        let harness = try await ListenerHarness { $0.maximumBodyBytes = 4 }
        let client = try await harness.client()
        try await client.send(request("/undecided/a", body: "12345"))
        try await harness.waitForUndecided(1)
        harness.decideAll()
        #expect(try await client.response().status == 413)
        #expect(harness.requests.isEmpty)
    }

    @Test("A client that goes away meanwhile leaves nothing behind")
    func gone() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send(request("/undecided/a"))
        try await harness.waitForUndecided(1)
        try await client.close()
        harness.decideAll()
        let other = try await harness.client()
        try await other.send(request("/b"))
        #expect(try await other.response().status == 200)
        #expect(harness.requests.last == "POST /b 0")
    }

    @Test("A client that sends no more but reads gets its answer")
    func halfClosed() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send(request("/undecided/a", body: "123"))
        try await harness.waitForUndecided(1)
        try await client.endSending()
        harness.decideAll()
        #expect(try await client.response().status == 200)
    }

    @Test("A client that ends in the middle of its body is let go after the decision")
    func cutOff() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send("POST /undecided/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\n123")
        try await harness.waitForUndecided(1)
        try await client.endSending()
        harness.decideAll()
        _ = try await client.untilClosed()
        #expect(harness.requests.isEmpty)
    }
}
