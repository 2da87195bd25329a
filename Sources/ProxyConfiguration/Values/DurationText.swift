/// Durations as Go writes them: `"1m30s"`, `"500ms"`, `"1.5h"`, or a whole number of nanoseconds.
package enum DurationText {
    /// Holds what was written.
    package struct Parsed: Equatable {
        package var duration: Duration
        /// The number, if no unit was written.
        package var bareNumber: Int64?

        /// Whether this is a number that cannot have been meant in nanoseconds.
        var hasForgottenUnit: Bool {
            guard let bareNumber else { return false }
            return bareNumber > 0 && bareNumber <= DurationText.longestInMilliseconds
        }
    }

    /// The milliseconds of a day. Up to this a number was not meant in nanoseconds, of which it would be 86 ms.
    static let longestInMilliseconds: Int64 = 24 * 60 * 60 * 1000
    /// Below this a number is taken for seconds: a limit that is too long does less harm than one that is too short.
    private static let leastInMilliseconds: Int64 = 3601

    /// Reads a duration; nil if it is not one or does not fit 64 bits of nanoseconds.
    package static func parse(_ text: String) -> Parsed? {
        if let nanoseconds = Int64(text), !text.hasPrefix("+") {
            return Parsed(duration: .nanoseconds(nanoseconds), bareNumber: nanoseconds)
        }
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = nextPart(&rest) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { return nil }
            total = sum
        }
        return Parsed(duration: .nanoseconds(isNegative ? -total : total), bareNumber: nil)
    }

    /// One number with its unit, in nanoseconds.
    private static func nextPart(_ rest: inout Substring) -> Int64? {
        let whole = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(whole.count)
        var fraction: Substring = ""
        if rest.first == "." {
            fraction = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(fraction.count + 1)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        let unitText = rest.prefix { !($0.isASCII && $0.isNumber) && $0 != "." }
        rest = rest.dropFirst(unitText.count)
        guard let unit = units[String(unitText)], let count = Int64(whole.isEmpty ? "0" : whole) else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        var value = product
        var scale = unit
        for digit in fraction {
            scale /= 10
            let (sum, overflow) = value.addingReportingOverflow(Int64(digit.wholeNumberValue ?? 0) * scale)
            guard !overflow else { return nil }
            value = sum
        }
        return value
    }

    private static let units: [String: Int64] = [
        "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": 1_000_000_000,
        "m": 60_000_000_000, "h": 3_600_000_000_000,
    ]

    /// Writes a duration in the largest units that hold it exactly, such as `1m30s`.
    static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        guard seconds != 0 || attoseconds != 0 else { return "0s" }
        var text = ""
        if seconds / 3600 != 0 { text += "\(seconds / 3600)h" }
        if seconds / 60 % 60 != 0 { text += "\(seconds / 60 % 60)m" }
        if seconds % 60 != 0 { text += "\(seconds % 60)s" }
        let nanoseconds = attoseconds / 1_000_000_000
        if nanoseconds % 1_000_000 == 0, nanoseconds != 0 {
            text += "\(nanoseconds / 1_000_000)ms"
        } else if nanoseconds != 0 {
            text += "\(nanoseconds)ns"
        }
        return text.isEmpty ? "0s" : text
    }

    /// What a number without a unit most likely stands for, where it is none of nanoseconds: some programs count seconds,
    /// others milliseconds.
    static func plausible(_ bareNumber: Int64) -> Duration {
        bareNumber < leastInMilliseconds ? .seconds(bareNumber) : .milliseconds(bareNumber)
    }

    /// What to write for either reading of such a number, the one that is taken first.
    static func readings(of bareNumber: Int64) -> String {
        let taken = "Write \"\(format(plausible(bareNumber)))\""
        if bareNumber < leastInMilliseconds { return taken + ", or \"\(bareNumber)ms\" if milliseconds are meant" }
        // Nobody waits for more than a day.
        guard bareNumber <= 24 * 60 * 60 else { return taken }
        return taken + ", or \"\(format(.seconds(bareNumber)))\" if seconds are meant"
    }

    /// What to propose in place of a number without a unit: the likeliest reading that is allowed, else the usual value.
    static func advice(for bareNumber: Int64, in range: ClosedRange<Duration>, usual: Duration) -> Duration {
        [plausible(bareNumber), .milliseconds(bareNumber)].first(where: range.contains) ?? usual
    }
}

/// Sizes: a whole number of bytes, or a text such as `"4MiB"`, `"512KiB"` or `"4MB"`.
enum ByteSizeText {
    private static let units: [(name: String, bytes: Int)] = [
        ("gib", 1 << 30), ("mib", 1 << 20), ("kib", 1 << 10),
        ("gb", 1_000_000_000), ("mb", 1_000_000), ("kb", 1000), ("b", 1),
    ]

    /// Reads a size; nil if it is not one or too large for a machine number.
    static func parse(_ text: String) -> Int? {
        let lowered = text.lowercased()
        let digits = lowered.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits) else { return nil }
        var unitText = lowered.dropFirst(digits.count)
        if unitText.isEmpty { return count }
        if unitText.first == " " { unitText = unitText.dropFirst() }
        guard let unit = units.first(where: { $0.name == unitText }) else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? nil : bytes
    }

    /// Writes a size in the largest binary unit that holds it exactly.
    static func format(_ bytes: Int) -> String {
        for (name, unit) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes != 0 && bytes % unit == 0
        {
            return "\(bytes / unit)\(name)"
        }
        return "\(bytes)B"
    }
}

/// Truth values written as text, as they come out of environment variables.
package enum BooleanText {
    /// Reads a truth value; nil if it is not one.
    package static func parse(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }
}
