import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// What servers may open (issue 12, item e).
@Suite struct DescriptorAccountTests {
    @Test("No more is given than there is, and nothing of what cannot be given whole")
    func bounded() {
        let account = DescriptorAccount(total: 10)
        #expect(account.take(4))
        #expect(account.take(4))
        #expect(!account.take(4))
        #expect(account.take(2))
        account.giveBack(4)
        #expect(account.take(4))
    }

    @Test("Whoever waits is told once, on its own event loop, when some were given back")
    func waiting() {
        let account = DescriptorAccount(total: 1)
        let eventLoop = ManualEventLoop()
        let told = EventQueue<Int>()
        #expect(account.take())
        account.whenGivenBack(on: eventLoop) { told.add(1) }
        #expect(told.rest.isEmpty)
        account.giveBack()
        account.giveBack(0)
        #expect(told.rest.isEmpty, "not on the loop of whoever gave it back")
        eventLoop.run()
        #expect(told.rest == [1])
    }

    @Test("Half and three quarters are told apart")
    func scarcity() {
        let account = DescriptorAccount(total: 8)
        #expect(account.take(4))
        #expect(account.isHalfUsed && !account.isScarce)
        #expect(account.take(2))
        #expect(account.isScarce)
    }
}
