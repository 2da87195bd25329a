import CFirstUse
import Testing

@testable import MCPFrontEnd

/// Two clients that are the first ones, at the same moment, on two event loops.
@Test("Two readers of requests that are the first of their process can be made at the same moment")
func firstReaders() async {
    // A process of its own, in which nobody has made one yet.
    await #expect(processExitsWith: .success) {
        let crashed = first_uses_that_crash(1_200) { withExtendedLifetime(RequestReader.handler()) {} }
        #expect(crashed == 0)
    }
}
