import MCPCore
import MCPTestSupport
import MCPValues
import Testing

@testable import MCPGateway

@Suite struct GatewayCallsTests {
    @Test("Calls beyond the number in a minute leave one line for each client, whatever they were for")
    func told() {
        let log = LineLog()
        let harness = GatewayHarness(logger: log.logger)
        func refusals(_ principal: Principal, _ method: Method, _ count: Int) -> Int {
            (0..<count).count { _ in
                harness.gateway.admit(principal, to: harness.server, for: method, in: RequestOrigin()) != nil
            }
        }
        let standing = Standing(client: "a\u{1B}", Rights(callsPerMinute: 1))
        #expect(refusals(Principal(standing), .toolsCall, 6) == 5)
        #expect(refusals(Principal(standing), .promptsGet, 5) == 5)
        #expect(refusals(Principal(standing), .toolsList, 5) == 0)
        #expect(refusals(Principal(Standing(client: "b", Rights(callsPerMinute: 2))), .toolsCall, 3) == 1)
        #expect(refusals(.anonymous, .toolsCall, 5) == 0)
        let words = "calls are refused: there are more within a minute than callsPerMinute of the client"
        #expect(
            log.lines.map { $0.replacing(#/ request=\S+/#, with: "") } == [
                "\(words) by=client a\u{1B} callsPerMinute=1 server=server",
                "\(words) by=client b callsPerMinute=2 server=server",
            ])
    }
}
