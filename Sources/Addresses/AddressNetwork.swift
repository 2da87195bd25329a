/// The addresses that begin with the same bits.
package struct AddressNetwork: Hashable, Sendable {
    package let address: IPAddress
    /// How many bits these are. All of them: a network of one address.
    package let prefix: Int

    init(_ address: IPAddress, _ prefix: Int) {
        self.address = address
        self.prefix = prefix
    }

    /// Reads `10.0.0.0/8`, `fd00::/8`, or a single address.
    ///
    /// - Throws: `AddressNetworkError` when it is neither, or when bits beyond the prefix are set: then it is not
    ///   clear what was meant.
    package init(_ text: String) throws(AddressNetworkError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first) else {
            throw AddressNetworkError(.notAnAddress, text)
        }
        self.init(address, address.width)
        guard parts.count == 2 else { return }
        guard let prefix = IPAddress.decimal(Array(parts[1].utf8)[...]) else {
            throw AddressNetworkError(.prefix, text)
        }
        guard first.utf8.contains(UInt8(ascii: ":")) == (address.width == 128) else {
            throw AddressNetworkError(Self.whatIsMeant(by: address, inIPv6Form: prefix), text)
        }
        guard prefix <= address.width else { throw AddressNetworkError(.prefix, text) }
        let whole = AddressNetwork(address.keeping(prefix), prefix)
        guard whole.address == address else { throw AddressNetworkError(.bitsBeyondPrefix(whole.description), text) }
        self = whole
    }

    /// A prefix behind an IPv4 address in its IPv6 form counts bits that are no longer there when it is compared.
    private static func whatIsMeant(by address: IPAddress, inIPv6Form prefix: Int) -> AddressNetworkError.Code {
        guard (96...128).contains(prefix) else { return .prefix }
        return .ipv4InIPv6Form(AddressNetwork(address.keeping(prefix - 96), prefix - 96).description)
    }

    /// Those that every machine has for itself.
    package static let loopback = [AddressNetwork(.v4(127 << 24), 8), AddressNetwork(.v6(1), 128)]

    /// Whether all bits count.
    package var isSingleAddress: Bool { prefix == address.width }

    /// Whether an address is in the network.
    package func contains(_ other: IPAddress) -> Bool {
        other.width == address.width && other.keeping(prefix) == address
    }
}

extension AddressNetwork: CustomStringConvertible {
    /// The network as it is read.
    package var description: String { isSingleAddress ? address.description : "\(address)/\(prefix)" }
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
