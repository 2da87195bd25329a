extension ObjectReader {
    /// A whole number in a range, also as text.
    func integer(_ key: String, in range: ClosedRange<Int>, usual: Int, _ context: inout ConversionContext) -> Int? {
        guard let node = node(key) else { return nil }
        guard let number = Self.digits(of: node).flatMap({ Int($0) }) else {
            context.error(
                "a whole number is expected\(ConversionContext.notThis(node))", at: node.position, path(key),
                write: "Write \(usual)")
            return nil
        }
        guard range.contains(number) else {
            context.error(
                "the number must be from \(range.lowerBound) to \(range.upperBound)", at: node.position, path(key),
                write: "Write \(usual)")
            return nil
        }
        return number
    }

    /// A size in a range: a number of bytes, or a text with a unit.
    func size(_ key: String, in range: ClosedRange<Int>, usual: Int, _ context: inout ConversionContext) -> Int? {
        guard let node = node(key) else { return nil }
        let suggestion = "Write \"\(ByteSizeText.format(usual))\""
        guard let size = Self.digits(of: node).flatMap(ByteSizeText.parse) else {
            context.error(
                "a size is expected: a whole number of bytes, or a text with the unit B, KiB, MiB, GiB, KB, MB or GB"
                    + ConversionContext.notThis(node),
                at: node.position, path(key), write: suggestion)
            return nil
        }
        guard range.contains(size) else {
            context.error(
                "the size must be from \(ByteSizeText.format(range.lowerBound)) to \(ByteSizeText.format(range.upperBound))",
                at: node.position, path(key), write: suggestion)
            return nil
        }
        return size
    }

    /// A duration of whatever length: a text such as `"30s"`, or a number of nanoseconds.
    func duration(_ key: String, _ context: inout ConversionContext) -> DurationText.Parsed? {
        guard let node = node(key) else { return nil }
        if let parsed = Self.digits(of: node).flatMap(DurationText.parse) { return parsed }
        context.error(
            "a duration is expected: a text with the unit h, m, s or ms, or a whole number of nanoseconds"
                + ConversionContext.notThis(node),
            at: node.position, path(key), write: #"Write "30s""#)
        return nil
    }

    /// A duration in a range.
    func duration(
        _ key: String, in range: ClosedRange<Duration>, usual: Duration, _ context: inout ConversionContext
    ) -> Duration? {
        guard let node = node(key), let parsed = duration(key, &context) else { return nil }
        let forgotUnit = parsed.hasForgottenUnit
        guard !range.contains(parsed.duration) || forgotUnit else { return parsed.duration }
        context.error(
            "the duration must be from \(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
                + (forgotUnit ? "; a number without a unit counts nanoseconds" : ""),
            at: node.position, path(key),
            write: forgotUnit
                ? DurationText.suggestion(for: parsed.bareNumber) : "Write \"\(DurationText.format(usual))\"")
        return nil
    }

    /// The text of a number, or the text itself where an expanded variable stands for a number.
    private static func digits(of node: ConfigurationNode) -> String? {
        switch node.value {
        case .number(let text), .string(let text): text
        case .null, .bool, .array, .object: nil
        }
    }
}
