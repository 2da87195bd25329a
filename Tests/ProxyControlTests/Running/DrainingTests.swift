import MCPGateway
import MCPTestSupport
import NIOCore
import Testing

@testable import ProxyControl

/// The end of a run.
@Suite(.timeLimit(.minutes(1))) struct DrainingTests {
    private static let configuration = TestProxy.configuration(#""git":{"command":"old"}"#)

    @Test("The call under way is answered before anything is closed, and new sessions are refused meanwhile")
    func callsFinish() async throws {
        try await TestProxy.run(Self.configuration) { proxy in
            await proxy.untilReady("git")
            let client = try await proxy.client("git")
            let reply = try client.call()
            let call = try await proxy.servers.calls.next()
            let (signals, closings) = (EventCount(), EventCount())
            let draining = Draining(composition: proxy.composition, settings: proxy.composition.settings)
            async let drained: Void = draining.drain(signals) { closings.note() }
            while !proxy.composition.gateway.isDraining { await Task.yield() }
            // As often as it takes to be certain that the call is waited for.
            for _ in 0..<100 {
                await #expect(throws: TestClient.NotOpened.self) { try await proxy.client("git") }
            }
            #expect(reply.isOpen && closings.current == 0)
            call.answer()
            await drained
            #expect(try await reply.answer.contains(#""from":"old""#))
            try await client.end()
            #expect(closings.current == 1)
        }
    }

    @Test("A second signal ends what is still under way, with an error")
    func secondSignal() async throws {
        try await TestProxy.run(Self.configuration) { proxy in
            await proxy.untilReady("git")
            let reply = try await proxy.client("git").call()
            _ = try await proxy.servers.calls.next()
            let (signals, closings) = (EventCount(), EventCount())
            signals.note()
            signals.note()
            await Draining(composition: proxy.composition, settings: proxy.composition.settings)
                .drain(signals) { closings.note() }
            #expect(closings.current == 1)
            #expect(try await !reply.answer.contains(#""from""#))
        }
    }

    @Test("The first of several things that happens is not kept waiting by the others")
    func first() async throws {
        try await TestProxy.run(Self.configuration) { proxy in
            let never = EventCount()
            await Draining(composition: proxy.composition, settings: proxy.composition.settings)
                .first({ await never.wait(past: 0) }, {}, { await never.wait(past: 0) })
            #expect(never.current == 0)
        }
    }
}
