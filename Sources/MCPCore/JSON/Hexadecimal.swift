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
        let digits = unsafe Array(bytes).withUnsafeBytes { unsafe Self.digits(of: $0) }
        return String(decoding: digits, as: UTF8.self)
    }

    /// Two lower-case digits for each byte.
    package static func digits(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 2 * bytes.count) { digits, count in
            for index in 0..<bytes.count {
                unsafe digits[2 * index] = digit(bytes[index] >> 4)
                unsafe digits[2 * index + 1] = digit(bytes[index] & 15)
            }
            count = 2 * bytes.count
        }
    }

    /// The lower-case digit of a value below sixteen, or below 36 where there are as many.
    package static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
