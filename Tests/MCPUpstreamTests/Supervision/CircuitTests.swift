import NIOCore
import Testing

@testable import MCPUpstream

@Suite struct CircuitTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func opened() -> Circuit {
        var circuit = Circuit(minimumPause: .milliseconds(500), maximumPause: .seconds(60))
        for _ in 0..<Circuit.threshold { circuit.failed(now: Self.start) }
        return circuit
    }

    @Test("Five failures in a row open the circuit, and four do not")
    func threshold() {
        var circuit = Circuit(minimumPause: .milliseconds(500), maximumPause: .seconds(60))
        for _ in 0..<4 { circuit.failed(now: Self.start) }
        #expect(circuit.admit(now: Self.start) == .pass)
        circuit.failed(now: Self.start)
        #expect(circuit.admit(now: Self.start) == .refused(until: Self.start + .milliseconds(500)))
    }

    @Test("An answer among the failures begins the count anew")
    func notInARow() {
        var circuit = Circuit(minimumPause: .milliseconds(500), maximumPause: .seconds(60))
        for number in 0..<100 {
            circuit.failed(now: Self.start)
            if number % 4 == 3 { circuit.succeeded() }
        }
        #expect(circuit.state == .closed)
    }

    @Test("When the pause is over one probe passes, and nobody else before it has ended")
    func oneProbe() {
        var circuit = opened()
        let due = Self.start + .milliseconds(500)
        #expect(circuit.admit(now: due - .nanoseconds(1)) == .refused(until: due))
        #expect(circuit.admit(now: due) == .probe)
        for _ in 0..<10 { #expect(circuit.admit(now: due + .seconds(1)) == .refused(until: due + .seconds(10))) }
        circuit.succeeded()
        #expect(circuit.admit(now: due) == .pass)
        #expect(circuit.failures == 0)
    }

    @Test("Each probe that fails doubles the pause up to its maximum")
    func pauses() {
        var circuit = opened()
        var now = Self.start
        var pauses: [Int64] = []
        for _ in 0..<9 {
            guard case .open(let until) = circuit.state else { break }
            pauses.append((until - now).nanoseconds / 1_000_000)
            now = until
            #expect(circuit.admit(now: now) == .probe)
            circuit.failed(now: now)
        }
        #expect(pauses == [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
    }

    @Test("Calls that were under way when it opened fail late and do not lengthen the pause")
    func lateFailures() {
        var circuit = opened()
        for _ in 0..<200 { circuit.failed(now: Self.start + .milliseconds(400)) }
        #expect(circuit.state == .open(until: Self.start + .milliseconds(500)))
    }

    @Test("A probe of which nothing is heard does not keep the circuit open for ever")
    func lostProbe() {
        var circuit = opened()
        let due = Self.start + .milliseconds(500)
        #expect(circuit.admit(now: due) == .probe)
        #expect(circuit.admit(now: due + Circuit.probeTime) == .probe)
        circuit.probeGivenUp(now: due + .seconds(11))
        #expect(
            circuit.admit(now: due + .seconds(11)) == .probe, "one that was given up is followed by the next at once")
    }

    @Test("A server that introduces itself is called again, and its first failure is one too many")
    func trial() {
        var circuit = opened()
        circuit.putOnTrial()
        #expect(circuit.admit(now: Self.start) == .pass)
        circuit.failed(now: Self.start)
        #expect(circuit.isOpen)
        circuit.putOnTrial()
        circuit.succeeded()
        #expect(circuit.isClean)
    }

    @Test("To introduce oneself alone is no answer to a call, so that the count goes on")
    func introductionIsNoAnswer() {
        var circuit = Circuit(minimumPause: .milliseconds(500), maximumPause: .seconds(60))
        for _ in 0..<5 {
            circuit.putOnTrial()
            circuit.failed(now: Self.start)
        }
        #expect(circuit.isOpen)
    }

    @Test("Whoever knows that the server is tried later than the circuit would has the last word")
    func notBefore() {
        var circuit = Circuit(minimumPause: .milliseconds(500), maximumPause: .seconds(60))
        let later = Self.start + .seconds(8)
        for _ in 0..<5 { circuit.failed(now: Self.start, notBefore: later) }
        #expect(circuit.state == .open(until: later))
    }

    @Test(
        "Only what shows that the server cannot serve counts",
        arguments: [
            (UpstreamFailure(.notReachable, ""), true), (UpstreamFailure(.connectionLost, ""), true),
            (UpstreamFailure(.unreadable, ""), true), (UpstreamFailure.noMessage("x"), true),
            (UpstreamFailure.brokenAnswer("x"), false), (UpstreamFailure(.processEnded, ""), true),
            (UpstreamFailure(.unexpectedHTTPAnswer, "", status: 502), true),
            (UpstreamFailure(.unexpectedHTTPAnswer, "", status: 503), true),
            (UpstreamFailure(.unexpectedHTTPAnswer, "", status: 504), true),
            (UpstreamFailure(.unexpectedHTTPAnswer, "", status: 200), true),
            (UpstreamFailure(.unexpectedHTTPAnswer, "", status: 302), true),
            (UpstreamFailure(.unexpectedHTTPAnswer, "not HTTP"), true),
            (UpstreamFailure(.unexpectedHTTPAnswer, "", status: 400), false),
            (UpstreamFailure(.unexpectedHTTPAnswer, "", status: 413), false),
            (UpstreamFailure(.unexpectedHTTPAnswer, "", status: 429), false),
            (UpstreamFailure(.unexpectedHTTPAnswer, "", status: 500), false),
            (UpstreamFailure(.unauthorized, "", status: 401), false), (UpstreamFailure(.timedOut, ""), false),
            (UpstreamFailure(.overloaded, ""), false), (UpstreamFailure(.closed, ""), false),
        ])
    func evidence(failure: UpstreamFailure, counts: Bool) {
        let circuit = CircuitBreaker(Circuit(minimumPause: .milliseconds(500), maximumPause: .seconds(60)))
        for _ in 0..<5 { circuit.callFailed(failure, now: Self.start) }
        #expect(circuit.isOpen == counts)
    }
}
