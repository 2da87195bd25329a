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
            // On the event loop, in turn with what the client does.
            async let drained: Void = withTaskExecutorPreference(LoopExecutor(proxy.eventLoop)) {
                await draining.drain(signals) { closings.note() }
            }
            while !proxy.composition.gateway.isDraining { await Task.yield() }
            // More turns than it would take to the end, if the call were not waited for.
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

    /// Runs tasks on an event loop.
    private final class LoopExecutor: TaskExecutor {
        private let eventLoop: any EventLoop

        init(_ eventLoop: any EventLoop) {
            self.eventLoop = eventLoop
        }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            eventLoop.execute { [self] in unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
