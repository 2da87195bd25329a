import Synchronization
import Testing

@testable import MCPGateway

@Suite struct AskingMemoryTests {
    @Test("What is to be known is told once each time that it changes")
    func told() {
        let told = Mutex<[Bool]>([])
        let memory = AskingMemory { asks in told.withLock { $0.append(asks) } }
        #expect(!memory.isKnown)
        #expect(memory.remember() && !memory.remember() && memory.isKnown)
        memory.forget()
        memory.forget()
        #expect(!memory.isKnown)
        #expect(told.withLock { $0 } == [true, false])
    }

    @Test("What is known from earlier is no news")
    func known() {
        #expect(!AskingMemory(true) { _ in Issue.record("no news") }.remember())
    }
}
