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
