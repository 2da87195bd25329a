/// How addresses are written: the only reader of them in the program.
extension IPAddress {
    /// Reads the one way to write an IPv4 address, of four decimal parts, or an IPv6 address without brackets.
    ///
    /// Numbers with leading zeros are refused, since some programs read them as octal, and so are zones (`%eth0`), which
    /// would name an interface of this machine.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        if let bits = Self.version4(bytes[...]) {
            self = .v4(bits)
        } else if let bits = Self.version6(bytes[...]) {
            self.init(version6: bits)
        } else {
            return nil
        }
    }

    private static func version4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard let number = decimal(part), number <= 255 else { return nil }
            bits = bits << 8 | UInt32(number)
        }
        return bits
    }

    /// A number of one to three digits without zeros before it.
    static func decimal(_ text: ArraySlice<UInt8>) -> Int? {
        guard (1...3).contains(text.count), text.allSatisfy(ASCII.isDigit),
            text.count == 1 || text.first != UInt8(ascii: "0")
        else { return nil }
        return text.reduce(0) { $0 * 10 + Int($1 & 0x0F) }
    }

    private static func version6(_ text: ArraySlice<UInt8>) -> UInt128? {
        let colon = UInt8(ascii: ":")
        let gap = text.indices.dropLast().first { text[$0] == colon && text[$0 + 1] == colon }
        guard let gap else {
            return groups(text).flatMap { $0.count == 8 ? number($0) : nil }
        }
        guard let head = groups(text[..<gap], mayEndAsIPv4: false), let tail = groups(text[(gap + 2)...]),
            head.count + tail.count < 8
        else { return nil }
        return number(head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    private static func number(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    /// Groups of up to four hexadecimal digits between colons, the last two of which may be written as an IPv4 address.
    private static func groups(_ text: ArraySlice<UInt8>, mayEndAsIPv4: Bool = true) -> [UInt16]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if mayEndAsIPv4, index == parts.count - 1, let bits = version4(part) {
                groups += [UInt16(bits >> 16), UInt16(truncatingIfNeeded: bits)]
                continue
            }
            guard (1...4).contains(part.count), part.allSatisfy(ASCII.isHexadecimal) else { return nil }
            groups.append(part.reduce(0) { $0 << 4 | hexadecimal($1) })
        }
        return groups
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt16 {
        UInt16(ASCII.isDigit(digit) ? digit & 0x0F : (digit & 0x0F) + 9)
    }
}

extension IPAddress: CustomStringConvertible {
    /// The address as [RFC 5952](https://www.rfc-editor.org/rfc/rfc5952) wants it, without brackets.
    package var description: String {
        switch self {
        case .v4(let bits): Self.dotted(bits)
        case .v6(let bits): Self.colonSeparated(bits)
        }
    }

    private static func dotted(_ bits: UInt32) -> String {
        "\(bits >> 24).\(bits >> 16 & 0xFF).\(bits >> 8 & 0xFF).\(bits & 0xFF)"
    }

    private static func colonSeparated(_ bits: UInt128) -> String {
        // What is compatible with IPv4 is shown so, as the system does it.
        if bits >> 32 == 0, bits >> 16 != 0 { return "::\(dotted(UInt32(truncatingIfNeeded: bits)))" }
        let groups = stride(from: 112, through: 0, by: -16).map { UInt16(truncatingIfNeeded: bits >> $0) }
        func text(_ groups: ArraySlice<UInt16>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        let zeros = longestZeros(groups)
        guard zeros.count > 1 else { return text(groups[...]) }
        return "\(text(groups[..<zeros.lowerBound]))::\(text(groups[zeros.upperBound...]))"
    }

    /// The first of the longest runs of groups that are zero.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for index in groups.indices {
            if groups[index] != 0 {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<(index + 1)
            }
        }
        return longest
    }
}
