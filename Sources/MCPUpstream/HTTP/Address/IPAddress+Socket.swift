package import Addresses
package import NIOCore

/// Between addresses and the sockets of the system.
extension IPAddress {
    /// nil for what has no IP address, which is a socket in the file system.
    package init?(_ address: SocketAddress) {
        // The members of the system's structures cannot be named here; where they are is the same on all systems.
        switch address {
        case .v4(let address):
            self = .v4(UInt32(bigEndian: Self.bits(of: address.address, at: 4)))
        case .v6(let address):
            self.init(version6: UInt128(bigEndian: Self.bits(of: address.address, at: 8)))
        case .unixDomainSocket: return nil
        }
    }

    private static func bits<Structure, Bits: BitwiseCopyable>(of structure: Structure, at offset: Int) -> Bits {
        unsafe withUnsafeBytes(of: structure) { unsafe $0.loadUnaligned(fromByteOffset: offset, as: Bits.self) }
    }

    /// Returns where to connect to. Four or sixteen bytes are always an address, so that nothing is thrown.
    func socket(port: Int) throws -> SocketAddress {
        try SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: port)
    }
}
