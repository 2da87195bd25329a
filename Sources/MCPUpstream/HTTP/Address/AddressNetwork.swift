/// The addresses that begin with the same bits.
struct AddressNetwork: Hashable, Sendable {
    let address: IPAddress
    /// How many bits these are. All of them: a network of one address.
    let prefix: Int

    private init(_ address: IPAddress, _ prefix: Int) {
        self.address = address
        self.prefix = prefix
    }

    /// Reads `10.0.0.0/8`, `fd00::/8`, or a single address.
    ///
    /// - Throws: `AddressNetworkError` when it is neither, or when bits beyond the prefix are set: then it is not
    ///   clear what was meant.
    init(_ text: String) throws(AddressNetworkError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first) else {
            throw AddressNetworkError(.notAnAddress, text)
        }
        self.init(address, address.width)
        guard parts.count == 2 else { return }
        let digits = parts[1].utf8
        guard (1...3).contains(digits.count), digits.allSatisfy(ASCII.isDigit), let prefix = Int(parts[1]),
            prefix <= address.width, first.utf8.contains(UInt8(ascii: ":")) == (address.width == 128)
        else { throw AddressNetworkError(.prefix, text) }
        let whole = AddressNetwork(address.keeping(prefix), prefix)
        guard whole.address == address else { throw AddressNetworkError(.bitsBeyondPrefix(whole.description), text) }
        self = whole
    }

    var isSingleAddress: Bool { prefix == address.width }

    func contains(_ other: IPAddress) -> Bool {
        other.width == address.width && other.keeping(prefix) == address
    }

    // MARK: What is not public

    /// Whether an address can be anybody's on the Internet, by the registries of special addresses
    /// ([IPv4](https://www.iana.org/assignments/iana-ipv4-special-registry),
    /// [IPv6](https://www.iana.org/assignments/iana-ipv6-special-registry)).
    static func isPublic(_ address: IPAddress) -> Bool {
        // Nothing outside of 2000::/3 has been given to anybody.
        if case .v6(let bits) = address, bits >> 125 != 1 { return false }
        return !notPublic.contains { $0.contains(address) }
    }

    private static let notPublic: [AddressNetwork] = [
        .v4(0, 0, 0, 8),  // this network
        .v4(10, 0, 0, 8),  // private
        .v4(100, 64, 0, 10),  // carriers' own
        .v4(127, 0, 0, 8),  // loopback
        .v4(169, 254, 0, 16),  // link-local
        .v4(172, 16, 0, 12),  // private
        .v4(192, 0, 0, 24),  // protocols
        .v4(192, 0, 2, 24),  // documentation
        .v4(192, 88, 99, 24),  // relays of 6to4
        .v4(192, 168, 0, 16),  // private
        .v4(198, 18, 0, 15),  // benchmarks
        .v4(198, 51, 100, 24),  // documentation
        .v4(203, 0, 113, 24),  // documentation
        .v4(224, 0, 0, 4),  // multicast
        .v4(240, 0, 0, 4),  // reserved, broadcast
        .v6(0x2001_0000, 23),  // protocols, Teredo among them
        .v6(0x2001_0DB8, 32),  // documentation
        .v6(0x2002_0000, 16),  // 6to4
        .v6(0x3FFF_0000, 20),  // documentation
    ]

    private static func v4(_ first: UInt32, _ second: UInt32, _ third: UInt32, _ prefix: Int) -> AddressNetwork {
        AddressNetwork(.v4(first << 24 | second << 16 | third << 8), prefix)
    }

    private static func v6(_ beginning: UInt32, _ prefix: Int) -> AddressNetwork {
        AddressNetwork(.v6(UInt128(beginning) << 96), prefix)
    }
}

extension AddressNetwork: CustomStringConvertible {
    var description: String { isSingleAddress ? address.description : "\(address)/\(prefix)" }
}

extension IPAddress {
    /// The address with all bits cleared beyond a prefix.
    fileprivate func keeping(_ prefix: Int) -> IPAddress {
        switch self {
        case .v4(let bits): .v4(bits & (UInt32.max << (32 - prefix)))
        case .v6(let bits): .v6(bits & (UInt128.max << (128 - prefix)))
        }
    }
}
