import Testing

@testable import MCPUpstream

@Suite struct BackoffTests {
    @Test("A server that ends at once is started at most eight times in a minute, whatever chance says")
    func crashLoop() {
        for readyFor in [nil, Duration.zero, .milliseconds(1)] {
            for _ in 0..<200 {
                var backoff = Backoff(minimum: .milliseconds(500), maximum: .seconds(60))
                var elapsed = Duration.zero
                var starts = 1
                while elapsed < .seconds(60) {
                    elapsed += backoff.delay(readyFor: readyFor)
                    if elapsed < .seconds(60) { starts += 1 }
                }
                #expect(starts <= 8)
            }
        }
    }

    @Test("A server that was up for a while returns at once, each time")
    func stable() {
        var backoff = Backoff(minimum: .milliseconds(500), maximum: .seconds(60))
        for _ in 0..<3 { #expect(backoff.delay(readyFor: .seconds(3_600), jitter: 1) == .zero) }
    }

    @Test("The wait doubles up to its maximum and stays there")
    func doubling() {
        var backoff = Backoff(minimum: .milliseconds(500), maximum: .seconds(60))
        let waits = (0..<14).map { _ in backoff.delay(readyFor: nil, jitter: 1) }
        #expect(waits.first == .milliseconds(500))
        #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 <= $1 && $1 <= $0 * 2 })
        #expect(waits.suffix(3).allSatisfy { $0 == .seconds(60) })
    }

    @Test("After a recovery the waits begin anew")
    func recovery() {
        var backoff = Backoff(minimum: .milliseconds(500), maximum: .seconds(60))
        for _ in 0..<10 { _ = backoff.delay(readyFor: nil, jitter: 1) }
        #expect(backoff.delay(readyFor: .seconds(3_600), jitter: 1) == .zero)
        #expect(backoff.delay(readyFor: nil, jitter: 1) <= .seconds(1))
    }

    @Test("Chance moves each wait, but never past a fifth of it")
    func jitter() {
        for _ in 0..<200 {
            var backoff = Backoff(minimum: .seconds(1), maximum: .seconds(60))
            let wait = backoff.delay(readyFor: nil)
            #expect((.milliseconds(800))...(.milliseconds(1_200)) ~= wait)
        }
    }
}
