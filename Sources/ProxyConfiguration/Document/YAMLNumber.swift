import Addresses

/// Says which plain texts are numbers in YAML 1.1 (https://yaml.org/type/int.html, https://yaml.org/type/float.html).
struct YAMLNumber {
    private var rest: Substring.UTF8View

    /// Whether the text is a whole number (decimal, binary, octal, hexadecimal or in base 60), or one with a fraction or an
    /// exponent, or infinite, or no number.
    static func isOne(_ text: String) -> Bool {
        var number = YAMLNumber(rest: text[...].utf8)
        if number.isWord([".nan", ".NaN", ".NAN"]) { return true }
        let isSigned = number.skip { "+-".utf8.contains($0) }
        if number.isWord([".inf", ".Inf", ".INF"]) { return true }
        return number.isInBase("0b", "01_") || number.isInBase("0o", "01234567_")
            || number.isInBase("0x", "0123456789abcdefABCDEF_") || number.isDecimal(isSigned: isSigned)
    }

    private func isWord(_ words: [StaticString]) -> Bool {
        words.contains { word in word.withUTF8Buffer { unsafe $0.elementsEqual(rest) } }
    }

    private func isInBase(_ prefix: String, _ digits: String) -> Bool {
        rest.starts(with: prefix.utf8) && rest.count > 2 && rest.dropFirst(2).allSatisfy { digits.utf8.contains($0) }
    }

    private mutating func isDecimal(isSigned: Bool) -> Bool {
        let first = rest.first
        guard skip(where: ASCII.isDigit) else {
            // A fraction alone has no sign, and the exponent behind it must have one.
            return !isSigned && skipDot() && skipAll(where: Self.isDigitOrLine) > 0 && isExponent(signed: true)
        }
        _ = skipAll(where: Self.isDigitOrLine)
        var isBase60 = false
        while rest.first == UInt8(ascii: ":") {
            rest.removeFirst()
            guard isSixtieth() else { return false }
            isBase60 = true
        }
        let hasFraction = skipDot()
        if hasFraction { _ = skipAll(where: Self.isDigitOrLine) }
        guard isBase60 else { return isExponent(signed: false) }
        return rest.isEmpty && (hasFraction || first != UInt8(ascii: "0"))
    }

    /// Skips one or two digits of base 60.
    private mutating func isSixtieth() -> Bool {
        let digits = rest.prefix(while: ASCII.isDigit)
        rest = rest[digits.endIndex...]
        return digits.count == 1 || digits.count == 2 && digits.first.map { $0 < UInt8(ascii: "6") } == true
    }

    /// Whether nothing is left, or an exponent and nothing more.
    private mutating func isExponent(signed: Bool) -> Bool {
        guard skip(where: { "eE".utf8.contains($0) }) else { return rest.isEmpty }
        let hasSign = skip { "+-".utf8.contains($0) }
        return (hasSign || !signed) && skipAll(where: ASCII.isDigit) > 0 && rest.isEmpty
    }

    private mutating func skipDot() -> Bool { skip { $0 == UInt8(ascii: ".") } }

    private mutating func skip(where isWanted: (UInt8) -> Bool) -> Bool {
        guard let first = rest.first, isWanted(first) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func skipAll(where isWanted: (UInt8) -> Bool) -> Int {
        let skipped = rest.prefix(while: isWanted)
        rest = rest[skipped.endIndex...]
        return skipped.count
    }

    private static func isDigitOrLine(_ byte: UInt8) -> Bool { ASCII.isDigit(byte) || byte == UInt8(ascii: "_") }
}
