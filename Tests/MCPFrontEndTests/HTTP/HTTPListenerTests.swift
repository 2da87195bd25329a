import MCPGateway
import MCPTestSupport
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import MCPFrontEnd

@Suite(.timeLimit(.minutes(1))) struct HTTPListenerTests {
    private final class NoHandler: HTTPRequestHandler {
        func admit(_ head: HTTPRequestFields) -> (destination: Destination, answerHeaders: [(String, String)]) {
            (.refused(Refusal(.unknownPath, "there is nothing here")), [])
        }
        func decide(
            _ request: AdmittedRequest, on eventLoop: any EventLoop, _ then: @escaping @Sendable (Destination) -> Void
        ) {}
        func handle(_ destination: Destination, body: ByteBuffer, _ responder: HTTPResponder) {}
        func refused(_ request: RefusedRequest) {}
        func refuseBody(for destination: Destination, _ responder: HTTPResponder) {}
    }

    private func problem(host: String?, port: Int) async throws -> String {
        let listener = HTTPListener(limits: HTTPLimits(), logger: .silent)
        do {
            try await listener.bind(
                .port(port, host: host), eventLoops: MultiThreadedEventLoopGroup.singleton, handler: NoHandler())
            listener.close()
            return "none"
        } catch {
            return error.description
        }
    }

    @Test("A port in use is named, with what to do")
    func portInUse() async throws {
        let harness = try await ListenerHarness()
        let words = try await problem(host: "127.0.0.1", port: harness.port)
        #expect(words.contains("port \(harness.port) is in use already"))
        #expect(words.contains("\"addr\""))
        #if os(Linux)
            #expect(words.contains("ss -ltnp 'sport = :\(harness.port)' shows"))
        #endif
    }

    @Test("A name that leads nowhere is quoted, with what to write")
    func unknownName() async throws {
        let words = try await problem(host: "no-such-host.invalid", port: 9090)
        #expect(words.contains("\"no-such-host.invalid\" in \"addr\"") && words.contains("\"127.0.0.1:9090\""))
        #expect(!words.contains("SocketAddressError"))
    }

    @Test("A port that is taken on loopback alone is noticed also when every interface is asked for")
    func portInUseOnAll() async throws {
        let harness = try await ListenerHarness()
        #expect(try await problem(host: nil, port: harness.port).contains("is in use already"))
    }

    @Test("An address that is not this machine's is named")
    func foreignAddress() async throws {
        #expect(try await problem(host: "203.0.113.1", port: 0).contains("203.0.113.1 is no address of this machine"))
    }

    @Test("The same port can be bound again at once")
    func rebind() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try await client.response().status == 200)
        let port = harness.port
        harness.listener.close()
        #expect(try await client.untilClosed().isEmpty)
        var words = ""
        // The listener's own channel closes on its event loop a moment later.
        for _ in 0..<200 {
            words = try await problem(host: "127.0.0.1", port: port)
            if words == "none" { break }
            await Task.yield()
        }
        #expect(words == "none")
    }

    @Test("While draining, answers ask the client to come back on another connection")
    func draining() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        harness.listener.beginDraining()
        try await client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let response = try await client.response()
        #expect(response.status == 200 && response["connection"] == "close")
    }

    @Test("Closing waits for the answer that is under way")
    func closeDuringAnswer() async throws {
        let harness = try await ListenerHarness()
        let client = try await harness.client()
        try await client.send("GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try await harness.waitForHeld(1)
        harness.listener.close()
        harness.release()
        #expect(try await client.statusesUntilClosed() == [200])
    }
}
