/// An IP address as a number, to be compared with networks.
///
/// An IPv4 address in its IPv6 form (`::ffff:127.0.0.1`) is that IPv4 address: the system connects to nothing else.
package enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(UInt128)

    /// The address of a socket of the newer kind.
    package init(version6 bits: UInt128) {
        self = Self.isIPv4(bits) ? .v4(UInt32(truncatingIfNeeded: bits)) : .v6(bits)
    }

    private static func isIPv4(_ bits: UInt128) -> Bool { bits >> 32 == 0xFFFF }

    /// How many bits an address of this kind has.
    package var width: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// The IPv4 addresses to which routers, or the machine itself, carry what is sent to this IPv6 address.
    package var embedded: [IPAddress] {
        guard case .v6(let bits) = self else { return [] }
        let last = UInt32(truncatingIfNeeded: bits)
        let found: [UInt32] =
            switch bits {
            // Compatible (RFC 4291, 2.5.5.1), except `::` and `::1`; translated (RFC 2765).
            case _ where bits >> 32 == 0 && last > 1, _ where bits >> 32 == 0xFFFF_0000: [last]
            // NAT64 (RFC 6052), and with a prefix of one's own (RFC 8215), which places the address in two ways.
            case _ where bits >> 32 == 0x0064_FF9B << 64: [last]
            case _ where bits >> 80 == 0x0064_FF9B_0001:
                [last, UInt32(truncatingIfNeeded: (bits >> 64) << 16 | (bits >> 40) & 0xFFFF)].filter { $0 != 0 }
            // Teredo (RFC 4380): the server, and the client with its bits inverted.
            case _ where bits >> 96 == 0x2001_0000: [UInt32(truncatingIfNeeded: bits >> 64), ~last]
            // 6to4 (RFC 3056).
            case _ where bits >> 112 == 0x2002: [UInt32(truncatingIfNeeded: bits >> 80)]
            // ISATAP (RFC 5214), whatever the network.
            case _ where (bits >> 32) & 0xFDFF_FFFF == 0x0000_5EFE: [last]
            default: []
            }
        return found.map { .v4($0) }
    }

    /// The 4 or 16 bytes of the address.
    package var bytes: [UInt8] {
        switch self {
        case .v4(let bits): stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> $0) }
        case .v6(let bits): stride(from: 120, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> $0) }
        }
    }
}
