extension IPAddress {
    /// Whether an address can be anybody's on the Internet, by the registries of special addresses
    /// ([IPv4](https://www.iana.org/assignments/iana-ipv4-special-registry),
    /// [IPv6](https://www.iana.org/assignments/iana-ipv6-special-registry)).
    package var isPublic: Bool {
        // Nothing outside of 2000::/3 has been given to anybody.
        if case .v6(let bits) = self, bits >> 125 != 1 { return false }
        return !Self.notPublic.contains { $0.contains(self) }
    }

    private static let notPublic: [AddressNetwork] = [
        v4(0, 0, 0, 8),  // this network
        v4(10, 0, 0, 8),  // private
        v4(100, 64, 0, 10),  // carriers' own
        v4(127, 0, 0, 8),  // loopback
        v4(169, 254, 0, 16),  // link-local
        v4(172, 16, 0, 12),  // private
        v4(192, 0, 0, 24),  // protocols
        v4(192, 0, 2, 24),  // documentation
        v4(192, 88, 99, 24),  // relays of 6to4
        v4(192, 168, 0, 16),  // private
        v4(198, 18, 0, 15),  // benchmarks
        v4(198, 51, 100, 24),  // documentation
        v4(203, 0, 113, 24),  // documentation
        v4(224, 0, 0, 4),  // multicast
        v4(240, 0, 0, 4),  // reserved, broadcast
        v6(0x2001_0000, 23),  // protocols, Teredo among them
        v6(0x2001_0DB8, 32),  // documentation
        v6(0x2002_0000, 16),  // 6to4
        v6(0x3FFF_0000, 20),  // documentation
    ]

    private static func v4(_ first: UInt32, _ second: UInt32, _ third: UInt32, _ prefix: Int) -> AddressNetwork {
        AddressNetwork(.v4(first << 24 | second << 16 | third << 8), prefix)
    }

    private static func v6(_ beginning: UInt32, _ prefix: Int) -> AddressNetwork {
        AddressNetwork(.v6(UInt128(beginning) << 96), prefix)
    }

    /// Whether the address stands for all that a machine has.
    package var isUnspecified: Bool { self == .v4(0) || self == .v6(0) }

    /// Whether the system takes it for itself on every machine.
    package var isThisMachine: Bool {
        switch self {
        case .v4(let bits): bits == 0 || bits >> 24 == 127
        case .v6(let bits): bits <= 1
        }
    }
}
