/// Moments as ISO 8601 has them, in UTC.
package enum UTCTime {
    /// Such as `2026-11-23T22:16:57Z`.
    package static func text(seconds: Int) -> String {
        // Years of four digits; what lies beyond is no moment that was measured.
        String(decoding: digits(seconds: seconds) + [UInt8(ascii: "Z")], as: UTF8.self)
    }

    /// Such as `2026-11-23T22:16:57.250Z`.
    package static func text(_ seconds: Double) -> String {
        let milliseconds = Int(min(max(seconds.isNaN ? 0 : seconds, 0), 253_402_300_799) * 1_000)
        var text = digits(seconds: milliseconds / 1_000)
        text.append(UInt8(ascii: "."))
        add(milliseconds % 1_000, of: 3, to: &text)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// The text without its end. Lines of a log and of an audit have one each, so that it is made without texts between.
    private static func digits(seconds: Int) -> [UInt8] {
        let seconds = min(max(seconds, 0), 253_402_300_799)
        let (year, month, day) = date(daysSince1970: seconds / 86_400)
        let rest = seconds % 86_400
        var text: [UInt8] = []
        text.reserveCapacity(24)
        add(year, of: 4, to: &text)
        for (mark, number) in [
            ("-", month), ("-", day), ("T", rest / 3_600), (":", rest / 60 % 60), (":", rest % 60),
        ] as [(Unicode.Scalar, Int)] {
            text.append(UInt8(ascii: mark))
            add(number, of: 2, to: &text)
        }
        return text
    }

    /// Adds so many digits of a number, with zeros before it.
    private static func add(_ number: Int, of count: Int, to text: inout [UInt8]) {
        var divisor = count == 4 ? 1_000 : count == 3 ? 100 : 10
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
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
}
