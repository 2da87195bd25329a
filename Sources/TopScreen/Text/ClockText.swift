/// Times of day and how long ago they were.
package enum ClockText {
    /// Reads a time such as `2026-11-23T22:16:57Z`, in seconds since 1970; nil where it is none in UTC.
    package static func seconds(_ text: String) -> Double? {
        let parts = text.split(whereSeparator: { "-T:Z".contains($0) })
        guard text.hasSuffix("Z"), parts.count == 6, let second = Double(parts[5]) else { return nil }
        let numbers = parts.prefix(5).compactMap { Int($0) }
        guard numbers.count == 5, (1970...9999).contains(numbers[0]), (1...12).contains(numbers[1]),
            (1...31).contains(numbers[2]), (0...23).contains(numbers[3]), (0...59).contains(numbers[4]),
            second >= 0, second < 61
        else { return nil }
        let days = days(year: numbers[0], month: numbers[1], day: numbers[2])
        return Double(days * 86_400 + numbers[3] * 3_600 + numbers[4] * 60) + second
    }

    /// The days since 1970 of a day in the Gregorian calendar, reckoned in years that begin in March.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let (year, month) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468
    }

    /// Returns the time of day in UTC, such as `22:16:57Z`.
    package static func time(_ seconds: Double) -> String {
        let rest = whole(seconds) % 86_400
        return "\(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
    }

    /// Returns how long something has been, such as `59s`, `12m05s`, `3h12m`, `4d03h`.
    package static func age(_ seconds: Double) -> String {
        let seconds = whole(seconds)
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3_600: return "\(seconds / 60)m\(two(seconds % 60))s"
        case ..<86_400: return "\(seconds / 3_600)h\(two(seconds / 60 % 60))m"
        default: return "\(seconds / 86_400)d\(two(seconds / 3_600 % 24))h"
        }
    }

    private static func whole(_ seconds: Double) -> Int {
        seconds.isFinite ? Int(min(max(seconds, 0), 253_402_300_799)) : 0
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
