import ArgumentParser
import ProxyConfiguration

/// How long is waited until a proxy is asked again.
struct PollInterval: ExpressibleByArgument {
    static let usual = PollInterval(.seconds(2), "2s")
    private static let bounds = Duration.milliseconds(100)...Duration.seconds(3_600)

    let duration: Duration
    let defaultValueDescription: String

    private init(_ duration: Duration, _ text: String) {
        (self.duration, defaultValueDescription) = (duration, text)
    }

    init?(argument: String) {
        // A bare number would count nanoseconds, which nobody means.
        guard let parsed = DurationText.parse(argument), parsed.bareNumber == nil,
            Self.bounds.contains(parsed.duration)
        else { return nil }
        self.init(parsed.duration, argument)
    }
}
