import NIOCore
import Testing

@testable import MCPUpstream

@Suite struct StreamRetryTests {
    private func retry(maximumAttempts: Int? = nil) -> StreamRetry {
        var settings = HTTPLinkSettings()
        settings.streamRetryDelay = .seconds(1)
        settings.maximumStreamRetryDelay = .seconds(5)
        return StreamRetry(settings, maximumAttempts: maximumAttempts)
    }

    @Test("Waits double up to the maximum, and begin anew after progress")
    func doubles() {
        var retry = retry()
        let waits = (1...5).map { _ in retry.next(wanted: nil) }
        #expect(waits == [.seconds(1), .seconds(2), .seconds(4), .seconds(5), .seconds(5)])
        retry.madeProgress()
        #expect(retry.next(wanted: nil) == .seconds(1))
    }

    @Test("Nobody is asked again sooner than it wants, nor at once")
    func wanted() {
        var retry = retry()
        #expect(retry.next(wanted: .seconds(60)) == .seconds(60))
        #expect(retry.next(wanted: .milliseconds(500)) == .seconds(1))
        retry.madeProgress()
        #expect(retry.next(wanted: .zero) == .milliseconds(10))
    }

    @Test("After so many attempts without progress there is none")
    func ends() {
        var retry = retry(maximumAttempts: 2)
        #expect(retry.next(wanted: nil) != nil)
        #expect(retry.next(wanted: nil) != nil)
        #expect(retry.next(wanted: nil) == nil)
        retry.madeProgress()
        #expect(retry.next(wanted: nil) != nil)
    }
}
