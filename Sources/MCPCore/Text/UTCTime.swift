/// Moments as ISO 8601 has them, in UTC.
package enum UTCTime {
    /// Such as `2026-11-23T22:16:57Z`.
    package static func text(seconds: Int) -> String {
        // Years of four digits; what lies beyond is no moment that was measured.
        let seconds = min(max(seconds, 0), 253_402_300_799)
        let (year, month, day) = date(daysSince1970: seconds / 86_400)
        let rest = seconds % 86_400
        return "\(year)-\(two(month))-\(two(day))T\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }

    /// Such as `2026-11-23T22:16:57.250Z`.
    package static func text(_ seconds: Double) -> String {
        let milliseconds = Int(min(max(seconds.isNaN ? 0 : seconds, 0), 253_402_300_799) * 1_000)
        let fraction = String(milliseconds % 1_000 + 1_000).dropFirst()
        return "\(text(seconds: milliseconds / 1_000).dropLast()).\(fraction)Z"
    }

    /// Returns the day in the Gregorian calendar, reckoned in years that begin in March, so that a leap day is their
    /// last.
    private static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
