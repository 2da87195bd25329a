extension OtherPrograms {
    /// A time limit that is written as a number without a unit, with the unit that it was most likely meant in; nil for
    /// what is no number.
    package static func duration(ofNumber text: String) -> String? {
        guard let parsed = DurationText.parse(text), let number = parsed.bareNumber, number > 0 else { return nil }
        return DurationText.format(parsed.hasForgottenUnit ? DurationText.plausible(number) : parsed.duration)
    }
}
