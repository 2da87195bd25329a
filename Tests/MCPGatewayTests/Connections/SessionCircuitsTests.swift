import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

/// For how long it is remembered how a server has treated the sessions of a caller.
@Suite struct SessionCircuitsTests {
    private func circuit() -> CircuitBreaker { CircuitBreaker(UpstreamLimits().circuit(startsProcesses: true)) }

    @Test("That of a caller who has gone is forgotten, unless the server has failed it")
    func forgotten() {
        var circuits = SessionCircuits()
        let (unlucky, staying) = (circuit(), circuit())
        unlucky.failed(UpstreamFailure(.processEnded, "it ended"), now: .now())
        circuits.add(unlucky, of: Principal(name: "unlucky"), beside: [])
        circuits.add(staying, of: Principal(name: "staying"), beside: [])
        for number in 0..<10 { circuits.add(circuit(), of: .token(number: number), beside: [staying]) }
        #expect(circuits.all.count == 3)
        #expect(circuits.circuit(of: Principal(name: "unlucky")) === unlucky)
        #expect(circuits.circuit(of: Principal(name: "staying")) === staying)
        #expect(circuits.circuit(of: .token(number: 8)) == nil && circuits.circuit(of: .token(number: 9)) != nil)
    }
}
