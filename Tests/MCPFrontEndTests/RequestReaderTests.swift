import CFirstUse
import Testing

@testable import MCPFrontEnd

/// Two clients that are the first ones, at the same moment, on two event loops.
@Test func `the first two readers of requests are made at the same moment`() async {
    // A process of its own, in which nobody has made one yet.
    await #expect(processExitsWith: .success) {
        let crashed = first_uses_that_crash(1_200) { withExtendedLifetime(RequestReader.handler()) {} }
        #expect(crashed == 0)
    }
}
