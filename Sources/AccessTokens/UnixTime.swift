/// A point of time as tokens say it: seconds since 1970, in fractions where the issuer likes them.
package struct UnixTime: Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The end of the year 9999. What is later is a mistake, such as a time in milliseconds.
    private static let latest = 253_402_300_799.0

    /// Reads a NumericDate ([RFC 7519, 2](https://www.rfc-editor.org/rfc/rfc7519#section-2)); nil for what is no number, is
    /// before 1970 or is no time that will come.
    init?(numericDate text: String) {
        guard let seconds = Double(text), seconds >= 0, seconds <= Self.latest else { return nil }
        milliseconds = Int64(seconds * 1_000)
    }

    package static func < (left: UnixTime, right: UnixTime) -> Bool { left.milliseconds < right.milliseconds }

    /// The time so many seconds later.
    package func adding(seconds: Int) -> UnixTime {
        let (sum, overflows) = milliseconds.addingReportingOverflow(Int64(seconds) * 1_000)
        return UnixTime(milliseconds: overflows ? .max : sum)
    }
}
