import ArgumentParser
import ProxyConfiguration

/// How long is waited until a proxy is asked again.
struct PollInterval: CustomStringConvertible {
    static let usual = PollInterval(.seconds(2), "2s")
    private static let bounds = Duration.milliseconds(100)...Duration.seconds(3_600)

    let duration: Duration
    let description: String

    private init(_ duration: Duration, _ text: String) {
        (self.duration, description) = (duration, text)
    }

    /// - Throws: What to write, where it is none.
    init(text: String) throws {
        // A bare number would count nanoseconds, which nobody means.
        guard let parsed = DurationText.parse(text), parsed.bareNumber == nil, Self.bounds.contains(parsed.duration)
        else { throw ValidationError("Write a time from 100ms to 1h with its unit, such as 500ms, 2s or 1m.") }
        self.init(parsed.duration, text)
    }
}
