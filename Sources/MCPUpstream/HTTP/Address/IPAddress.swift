import NIOCore

/// An IP address as a number, to be compared with networks.
///
/// An IPv4 address in its IPv6 form (`::ffff:127.0.0.1`) is that IPv4 address: the system connects to nothing else.
enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(UInt128)

    /// nil for what has no IP address, which is a socket in the file system.
    init?(_ address: SocketAddress) {
        // The members of the system's structures cannot be named here; where they are is the same on all systems.
        switch address {
        case .v4(let address):
            self = .v4(UInt32(bigEndian: Self.bits(of: address.address, at: 4)))
        case .v6(let address):
            let bits = UInt128(bigEndian: Self.bits(of: address.address, at: 8))
            self = bits >> 32 == 0xFFFF ? .v4(UInt32(truncatingIfNeeded: bits)) : .v6(bits)
        case .unixDomainSocket: return nil
        }
    }

    private static func bits<Structure, Bits: BitwiseCopyable>(of structure: Structure, at offset: Int) -> Bits {
        unsafe withUnsafeBytes(of: structure) { unsafe $0.loadUnaligned(fromByteOffset: offset, as: Bits.self) }
    }

    /// Reads the one way to write an IPv4 address, of four decimal parts, or an IPv6 address without brackets.
    init?(_ text: some StringProtocol) {
        // The error says only that it is no address. A zone (`%eth0`) would name an interface of this machine.
        guard !text.utf8.contains(UInt8(ascii: "%")), let address = try? SocketAddress(ipAddress: String(text), port: 0)
        else { return nil }
        self.init(address)
    }

    var width: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// The IPv4 addresses to which routers, or the machine itself, carry what is sent to this IPv6 address.
    var embedded: [IPAddress] {
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
}

extension IPAddress: CustomStringConvertible {
    var description: String {
        var bytes = ByteBuffer()
        switch self {
        case .v4(let bits): bytes.writeInteger(bits)
        case .v6(let bits): bytes.writeInteger(bits)
        }
        // Four or sixteen bytes are an address, so there is no error to lose.
        return (try? SocketAddress(packedIPAddress: bytes, port: 0))?.ipAddress ?? ""
    }
}
