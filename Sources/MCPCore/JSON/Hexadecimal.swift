/// Hexadecimal digits in ASCII.
package enum Hexadecimal {
    /// The value of one hexadecimal digit.
    package static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Two lower-case digits for each byte.
    package static func text(of bytes: some Sequence<UInt8>) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * bytes.underestimatedCount)
        for byte in bytes {
            digits.append(digit(byte >> 4))
            digits.append(digit(byte & 15))
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// Two lower-case digits for each byte.
    package static func text(of bytes: UnsafeRawBufferPointer) -> String {
        unsafe String(unsafeUninitializedCapacity: 2 * bytes.count) { digits in
            for index in 0..<bytes.count {
                unsafe digits[2 * index] = digit(bytes[index] >> 4)
                unsafe digits[2 * index + 1] = digit(bytes[index] & 15)
            }
            return 2 * bytes.count
        }
    }

    /// The lower-case digit of a value below sixteen.
    package static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
