import MCPTestSupport
import Testing

@testable import ProxyControl

/// Events that others wait for.
@Suite(.timeLimit(.minutes(1))) struct EventCountTests {
    @Test("Nothing is lost between two waits")
    func counts() async {
        let count = EventCount()
        count.note()
        count.note()
        await count.wait(past: 0)
        await count.wait(past: 1)
        #expect(count.current == 2)
    }

    @Test("One event ends the waits of all who have not seen it")
    func everybody() async throws {
        let (count, woken) = (EventCount(), EventQueue<Void>())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    await count.wait(past: 0)
                    woken.add(())
                }
            }
            count.note()
        }
        #expect(woken.rest.count == 10)
    }

    @Test("Who is cancelled waits no more, before or after having begun to")
    func cancelled() async {
        let count = EventCount()
        for _ in 0..<100 {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await count.wait(past: 0) }
                group.cancelAll()
            }
        }
        #expect(count.current == 0)
    }
}
