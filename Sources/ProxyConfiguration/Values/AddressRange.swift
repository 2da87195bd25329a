/// An IPv4 or IPv6 address, or a network written as `address/bits`.
struct AddressRange: Equatable {
    /// Why a text is neither.
    enum Fault: Error, Equatable {
        /// It is not an address with or without `/bits`.
        case notAnAddress
        /// The number of bits is none from 0 to 32 or 128.
        case badLength(maximum: Int)
        /// The address has bits beyond those that count.
        case bitsBeyondLength

        /// The fault in words.
        var message: String {
            switch self {
            case .notAnAddress: "this is not an address or a network; names of hosts are not supported"
            case .badLength(let maximum): "the number after / is not one from 0 to \(maximum)"
            case .bitsBeyondLength: "the address has bits beyond those that the number after / lets count"
            }
        }

        /// What to write instead.
        var suggestion: String {
            switch self {
            case .notAnAddress, .badLength: #"Write "10.0.0.0/8", "192.168.1.20" or "fd00::/8""#
            case .bitsBeyondLength: #"Write the first address of the network, such as "10.0.0.0/8""#
            }
        }
    }

    /// The 4 or 16 bytes of the address.
    var bytes: [UInt8]
    /// How many bits of it count.
    var length: Int

    /// Reads a text.
    ///
    /// - Throws: Why it is not an address or a network.
    init(_ text: String) throws(Fault) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = Self.ipv4(first) ?? Self.ipv6(first) else { throw .notAnAddress }
        bytes = address
        length = address.count * 8
        guard parts.count == 2 else { return }
        guard let bits = Self.decimal(parts[1], upTo: length) else { throw .badLength(maximum: length) }
        let isExact = address.indices.allSatisfy { index in
            let counted = min(8, max(0, bits - index * 8))
            return address[index] & (UInt8.max >> counted) == 0
        }
        guard isExact else { throw .bitsBeyondLength }
        length = bits
    }

    /// The four bytes of `192.0.2.1`. Numbers with leading zeros are refused: some programs read them as octal.
    private static func ipv4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let bytes = parts.compactMap { decimal($0, upTo: 255).map(UInt8.init) }
        return bytes.count == 4 ? bytes : nil
    }

    /// The sixteen bytes of `2001:db8::1`, the last four of which may be written as an IPv4 address.
    private static func ipv6(_ text: Substring) -> [UInt8]? {
        let whole = String(text)
        guard let gap = whole.range(ofFirst: "::") else {
            return groups(text).flatMap { $0.count == 16 ? $0 : nil }
        }
        guard let head = groups(whole[..<gap.lowerBound], endsBeforeGap: true),
            let tail = groups(whole[gap.upperBound...]), head.count + tail.count <= 14
        else { return nil }
        return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// The bytes of groups of up to four hexadecimal digits between colons.
    private static func groups(_ text: Substring, endsBeforeGap: Bool = false) -> [UInt8]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, !endsBeforeGap, let tail = ipv4(part) {
                bytes += tail
                continue
            }
            guard (1...4).contains(part.utf8.count),
                part.utf8.allSatisfy({ "0123456789abcdefABCDEF".utf8.contains($0) }),
                let group = UInt16(part, radix: 16)
            else { return nil }
            bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
        }
        return bytes
    }

    private static func decimal(_ text: Substring, upTo maximum: Int) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text.utf8.count == 1 || text.utf8.first != 0x30, let number = Int(text), number <= maximum
        else { return nil }
        return number
    }
}
