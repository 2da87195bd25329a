/// A number of any size exactly as its decimal digits say, so that nothing is equal only because a float rounds it.
struct DecimalNumber: Equatable {
    /// The greatest integer that every reader of JSON has in common: 2⁵³ − 1.
    static let greatestSafeInteger: Int64 = 9_007_199_254_740_991

    private let isNegative: Bool
    /// ASCII digits without zeros at either end; none for zero.
    private let digits: [UInt8]
    /// The power of ten by which the digits are multiplied.
    private let exponent: Int

    /// Reads a number as JSON writes it, with nothing around it.
    ///
    /// Returns nil for anything else, and for exponents that no integer of this program has.
    init?(_ text: some Sequence<UInt8>) {
        var rest = Array(text)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest.removeFirst() }
        let whole = rest.prefix(while: Self.isDigit)
        guard whole.count == 1 || (whole.count > 1 && whole.first != UInt8(ascii: "0")) else { return nil }
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: Self.isDigit)
            guard !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard let power = Self.power(rest) else { return nil }
        var digits = Array(whole + fraction)
        var exponent = power - fraction.count
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        self.digits = Array(digits.drop { $0 == UInt8(ascii: "0") })
        self.isNegative = isNegative && !self.digits.isEmpty
        self.exponent = self.digits.isEmpty ? 0 : exponent
    }

    /// The value when it is an integer that a float holds without loss, however it is written.
    var safeInteger: Int64? {
        guard exponent >= 0, digits.count + exponent <= 16 else { return nil }
        var value: Int64 = 0
        for digit in digits { value = value * 10 + Int64(digit - UInt8(ascii: "0")) }
        for _ in 0..<exponent { value *= 10 }
        guard value <= Self.greatestSafeInteger else { return nil }
        return isNegative ? -value : value
    }

    /// What `e` and the digits behind it say, zero for nothing.
    private static func power(_ text: ArraySlice<UInt8>) -> Int? {
        guard let first = text.first else { return 0 }
        guard first | 0x20 == UInt8(ascii: "e") else { return nil }
        var digits = text.dropFirst()
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
        // Any value that fits is far from overflow when the number of digits is added to it.
        guard let value = Int32(String(decoding: digits, as: UTF8.self)) else { return nil }
        return isNegative ? -Int(value) : Int(value)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
