import MCPCore
import MCPTestSupport
import NIOCore
import NIOPosix
import Testing

@Suite struct LoopConfinedTests {
    private final class Counter: LoopConfined, @unchecked Sendable {
        let eventLoop: any EventLoop
        private var value = 0

        init(on eventLoop: any EventLoop) { self.eventLoop = eventLoop }

        func increase() -> Int {
            checkConfinement()
            value += 1
            return value
        }
    }

    @Test("What belongs to the current event loop is done before the call returns, and needs no turn")
    func now() {
        let loop = ManualEventLoop()
        let counter = Counter(on: loop)
        loop.within {
            counter.runNowOrLater { _ = $0.increase() }
            #expect(counter.increase() == 2)
            loop.runNowOrLater { _ = counter.increase() }
            #expect(counter.increase() == 4)
        }
    }

    @Test("What belongs to another event loop is done in a turn of that one")
    func later() {
        let loop = ManualEventLoop()
        let other = ManualEventLoop()
        let counter = Counter(on: loop)
        other.within {
            counter.runNowOrLater { _ = $0.increase() }
            loop.runNowOrLater { _ = counter.increase() }
        }
        #expect(loop.within { counter.increase() } == 1)
        loop.run()
        #expect(loop.within { counter.increase() } == 4)
    }

    #if DEBUG
        @Test("What is confined ends a debug build when it is entered from a thread that is not its event loop's")
        func wrongThread() async throws {
            let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = Counter(on: MultiThreadedEventLoopGroup.singleton.next()).increase()
            }
            let words = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
            #expect(words.contains("Counter was entered on another thread than that of its event loop"))
        }

        @Test("On the thread of its event loop nothing ends")
        func rightThread() async throws {
            await #expect(processExitsWith: .success) {
                let counter = Counter(on: MultiThreadedEventLoopGroup.singleton.next())
                let value = try await counter.eventLoop.submit { counter.increase() }.get()
                #expect(value == 1)
            }
        }
    #endif
}
