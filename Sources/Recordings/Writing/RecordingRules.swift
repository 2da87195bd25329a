/// What is recorded, how much of it, and for how long.
package struct RecordingRules: Sendable, Equatable {
    /// How long a recording lasts where nothing is said, and at most, in seconds.
    package static let usualSeconds = 60
    package static let mostSeconds = 3_600
    /// How large a recording may become where nothing is said, and at most.
    package static let usualBytes = 16 << 20
    package static let mostBytes = 64 << 20
    package static let fewestBytes = 4 << 10
    /// How many there may be at once, those included that have ended and were not removed.
    package static let mostRecordings = 4

    /// The server whose messages are recorded; nil for those of all.
    package var server: String?
    package var bodies = RecordedBodies.redacted
    package var seconds = usualSeconds
    package var maximumBytes = usualBytes

    package init() {}
}
