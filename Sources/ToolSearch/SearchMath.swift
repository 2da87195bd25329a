/// Arithmetic that the standard library leaves to the system's.
enum SearchMath {
    /// The natural logarithm of a number above zero, as exactly as scores need it.
    static func logarithm(_ value: Float) -> Float {
        // value = significand * 2^exponent; the rest by the series of atanh, whose argument is at most 1/3.
        let ratio = (value.significand - 1) / (value.significand + 1)
        let square = ratio * ratio
        let series =
            ratio * (1 + square * (1 / 3 + square * (1 / 5 + square * (1 / 7 + square * (1 / 9 + square / 11)))))
        return Float(value.exponent) * 0.693_147_2 + 2 * series
    }
}
