import NIOCore

/// A number as ECMAScript writes it
/// ([Number::toString](https://tc39.es/ecma262/multipage/ecmascript-data-types-and-values.html#sec-numeric-types-number-tostring)),
/// which RFC 8785 (3.2.2.3) takes over; a large integer as its digits.
struct CanonicalNumber {
    let text: String

    /// Takes a number as JSON writes it; nil for one that no double holds.
    init?(_ number: ByteBuffer) {
        let written = String(buffer: number)
        guard written.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }) else {
            text = written == "-0" ? "0" : written
            return
        }
        guard let value = Double(written), value.isFinite else { return nil }
        text = Self.text(of: value)
    }

    static func text(of value: Double) -> String {
        guard value != 0 else { return "0" }
        // Swift, too, writes as few digits as tell a number from every other one.
        let parts = value.magnitude.description.utf8.split(separator: UInt8(ascii: "e"))
        let mantissa = parts[0].split(separator: UInt8(ascii: "."))
        let power = parts.count > 1 ? Int(String(Substring(parts[1]))) ?? 0 : 0
        var digits = Array(mantissa.joined())
        // Where the point stands, counted from the first digit that is not zero.
        var point = mantissa[0].count + power
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(zeros)
        point -= zeros
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (value < 0 ? "-" : "") + text(String(decoding: digits, as: UTF8.self), point: point)
    }

    private static func text(_ digits: String, point: Int) -> String {
        let count = digits.utf8.count
        switch point {
        case count...21: return digits + String(repeating: "0", count: point - count)
        case 1...21: return digits.prefix(point) + "." + digits.dropFirst(point)
        case -5...0: return "0." + String(repeating: "0", count: -point) + digits
        default:
            let fraction = count > 1 ? "." + digits.dropFirst() : ""
            return digits.prefix(1) + fraction + (point > 0 ? "e+" : "e-") + String((point - 1).magnitude)
        }
    }
}
