/// A time limit that another program writes as a number, in a unit of its own.
package struct ForeignTime: Equatable {
    /// What a program counts.
    package enum Unit: String, Sendable {
        case seconds = "s"
        case milliseconds = "ms"
        /// Nobody has said; small numbers are then taken for seconds.
        case either = ""
    }

    /// The key as it stands there.
    package var written: String
    /// The number as it stands there.
    package var number: String
    /// The proxy's own key.
    package var key: String
    /// The time in the proxy's words.
    package var time: String

    /// Reads a time limit; nil for what is none. One that is longer than the proxy allows becomes the longest.
    ///
    /// - Parameter least: What is shorter was meant in another unit.
    package init?(
        _ node: ConfigurationNode, written: String, unit: Unit, for key: String, least: Duration = .milliseconds(1)
    ) {
        guard case .number(let number) = node.value else { return nil }
        let time = unit == .either ? Self.plausible(number) : number + unit.rawValue
        guard let time, let duration = DurationText.parse(time)?.duration, duration >= least else {
            return nil
        }
        self.written = written
        self.number = ConfigurationPath.shown(number)
        self.key = key
        let longest = Self.longest(key)
        let isWhole = number.utf8.allSatisfy { (0x30...0x39).contains($0) }
        self.time = isWhole && duration <= longest ? time : DurationText.format(min(duration, longest))
    }

    /// What became of it, in words.
    package var words: String { "\(written) \(number) became \(key) \(time)" }

    private static func plausible(_ number: String) -> String? {
        guard let parsed = DurationText.parse(number), let count = parsed.bareNumber, count > 0 else { return nil }
        return DurationText.format(parsed.hasForgottenUnit ? DurationText.plausible(count) : parsed.duration)
    }

    private static func longest(_ key: String) -> Duration {
        if case .duration(let range?)? = KeyScope.server.key(named: key)?.shape { return range.upperBound }
        return .seconds(24 * 60 * 60)
    }
}
