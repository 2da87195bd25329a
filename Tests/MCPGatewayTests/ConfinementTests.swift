import MCPTestSupport
import Testing

@testable import MCPGateway

#if DEBUG
    /// What may be entered on its own event loop only, in a process of its own each time.
    @Suite struct ConfinementTests {
        @Test("A session that is entered beside its event loop ends a debug build")
        func session() async throws {
            let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                try GatewayHarness().open().session.outletOpened()
            }
            #expect(words(result).contains("ClientSession was entered on another thread"))
        }

        @Test("A connection that is entered on the event loop of one of its sessions ends a debug build")
        func connection() async throws {
            let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                let harness = GatewayHarness()
                let session = try harness.open().session
                harness.clients.perform { session.legs.first?.current?.connection.listen() }
            }
            #expect(words(result).contains("Connection was entered on another thread"))
        }

        private func words(_ result: ExitTest.Result?) -> String {
            String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        }
    }
#endif
