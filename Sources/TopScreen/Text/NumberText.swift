/// Numbers in a few characters, as columns have room for.
package enum NumberText {
    /// Returns a number such as `0.4`, `12`, `1234`, `12.3k`, `4.5M`.
    package static func count(_ number: Double) -> String {
        guard number.isFinite, number >= 0 else { return "-" }
        if number < 10, number != number.rounded() { return tenths(number) }
        if number < 9_999.5 { return "\(Int(number.rounded()))" }
        return scaled(number, 1_000, ["k", "M", "G", "T", "P"])
    }

    /// Returns bytes such as `512`, `45.2M`, `1.2G`, in powers of 1024.
    package static func bytes(_ number: Double) -> String {
        guard number.isFinite, number >= 0 else { return "-" }
        return number < 1_023.5 ? "\(Int(number.rounded()))" : scaled(number, 1_024, ["K", "M", "G", "T", "P"])
    }

    /// Returns a time such as `0.8ms`, `12ms`, `1.2s`, `95s`.
    package static func time(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "-" }
        let milliseconds = seconds * 1_000
        if milliseconds < 9.95 { return "\(tenths(milliseconds))ms" }
        if milliseconds < 999.5 { return "\(Int(milliseconds.rounded()))ms" }
        return seconds < 9.95 ? "\(tenths(seconds))s" : "\(Int(min(seconds, 1e9).rounded()))s"
    }

    /// Returns a part of one as percents, such as `0.3%`, `12%`, `250%`.
    package static func percent(_ part: Double) -> String {
        guard part.isFinite, part >= 0 else { return "-" }
        let percents = min(part * 100, 1e9)
        return percents > 0 && percents < 9.95 ? "\(tenths(percents))%" : "\(Int(percents.rounded()))%"
    }

    private static func scaled(_ number: Double, _ step: Double, _ units: [String]) -> String {
        var (number, place) = (number / step, 0)
        while number >= step - 0.5, place < units.count - 1 { (number, place) = (number / step, place + 1) }
        return (number < 99.95 ? tenths(number) : "\(Int(min(number, 1e9).rounded()))") + units[place]
    }

    private static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
