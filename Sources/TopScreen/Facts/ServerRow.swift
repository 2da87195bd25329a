/// What there is to show of a server.
package struct ServerRow: Sendable, Equatable {
    package let facts: ServerFacts
    /// How many seconds it has been in its state.
    package let age: Double?
    package let callsPerMinute: Double?
    package let median: Double?
    package let slowest: Double?
    /// How much of one processor its processes have had, 1 for all of it.
    package let processor: Double?

    /// - Parameters:
    ///   - moment: When the facts are from.
    ///   - first: What it was like at the beginning of the time that counts, and how long that was; nil for all since the proxy was started.
    ///   - previous: What it was like at the last look, and how long ago that was.
    init(
        _ facts: ServerFacts, at moment: ProxyMoment, since first: (facts: ServerFacts, seconds: Double)?,
        previous: (facts: ServerFacts, seconds: Double)?
    ) {
        self.facts = facts
        let age = facts.since.map { max(0, moment.time - $0) }
        self.age = age
        let uptime = moment.started.map { max(0, moment.time - $0) }
        let seconds = first?.seconds ?? uptime
        callsPerMinute = Self.rate(facts.calls, first?.facts.calls, seconds).map { $0 * 60 }
        let times = first.map { facts.times.since($0.facts.times) } ?? facts.times
        median = times.quantile(0.5)
        slowest = times.quantile(0.99)
        processor = Self.rate(
            facts.processorSeconds, previous?.facts.processorSeconds, previous?.seconds ?? age)
    }

    /// What comes in a second. What was counted anew since then counts from nothing.
    private static func rate(_ now: Double?, _ before: Double?, _ seconds: Double?) -> Double? {
        guard let now, let seconds, seconds > 0 else { return nil }
        let start = before ?? 0
        return (now >= start ? now - start : now) / seconds
    }
}
