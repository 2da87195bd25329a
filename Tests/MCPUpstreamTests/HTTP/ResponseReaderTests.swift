import CFirstUse
import NIOHTTP1
import Testing

@testable import MCPUpstream

/// Two connections that are made for the first time, at the same moment, on two event loops.
@Test("Two readers of answers that are the first of their process can be made at the same moment")
func firstReaders() async {
    // A process of its own, in which nobody has made one yet.
    await #expect(processExitsWith: .success) {
        let crashed = first_uses_that_crash(1_200) {
            withExtendedLifetime(ResponseReader.handler(limits: NIOHTTPDecoderLimitConfiguration())) {}
        }
        #expect(crashed == 0)
    }
}
