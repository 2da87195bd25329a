/// Names one trace: sixteen bytes, of which not all are zero.
package struct TraceID: Sendable, Hashable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

extension TraceID: CustomStringConvertible {
    /// As `traceparent` has it: 32 digits.
    package var description: String { Hexadecimal.text(of: high) + Hexadecimal.text(of: low) }
}

extension Hexadecimal {
    /// The sixteen lower-case digits of a number.
    package static func text(of number: UInt64) -> String {
        text(of: (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) })
    }

    /// The number that lower-case digits stand for; nil where there are others.
    static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            guard !(0x41...0x46).contains(digit), let value = value(of: digit) else { return nil }
            number = number << 4 | UInt64(value)
        }
        return number
    }
}
