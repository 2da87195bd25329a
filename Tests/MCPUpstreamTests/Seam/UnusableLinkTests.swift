import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

@Suite struct UnusableLinkTests {
    @Test("It ends once it is opened, with what keeps it from being used, and only once")
    func ends() {
        let loop = ManualEventLoop()
        let failure = UpstreamFailure(.commandNotRunnable, "the environment variable X is not set", nothingSent: true)
        let link = UnusableLink(failure, on: loop)
        let receiver = Receiver()
        loop.perform { link.open(receiver) }
        loop.run()
        loop.perform { link.close() }
        loop.run()
        #expect(receiver.failures == [failure] && receiver.others == 0)
    }
}

/// Counts what a link reports.
private final class Receiver: UpstreamLinkReceiver {
    var failures: [UpstreamFailure] = []
    var others = 0

    func linkOpened() { others += 1 }
    func linkReceived(_ message: ByteBuffer, relatedTo id: Int64?) { others += 1 }
    func linkFailed(_ id: Int64, _ failure: UpstreamFailure) { others += 1 }
    func linkLostSession(_ id: Int64?) { others += 1 }
    func mayBeRepeated(_ id: Int64) -> Bool { false }
    func linkClosed(_ failure: UpstreamFailure) { failures.append(failure) }
}
