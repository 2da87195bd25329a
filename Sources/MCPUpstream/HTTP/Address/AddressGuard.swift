package import Addresses
package import NIOCore

/// Says which addresses may be connected to for servers whose URL did not come from the operator's own file.
///
/// Without this, whoever may add a server could reach through the proxy what only the proxy's machine can reach: its
/// loopback, its network, and the services that give a cloud machine its credentials. Public addresses are allowed
/// over TLS; every other one only when the operator has named it or its network.
package struct AddressGuard: Hashable, Sendable {
    /// Where operators name the networks.
    static let setting = "mcpProxy.management.allowAddresses"

    private let allowed: Set<AddressNetwork>
    private let listeners: Set<Listener>

    private struct Listener: Hashable, Sendable {
        let address: IPAddress
        let port: Int?
    }

    /// - Parameters:
    ///   - networks: What is allowed although it is not public.
    ///   - listeners: Where the proxy itself listens, which is never allowed. One for all addresses of the machine
    ///     stands for loopback; others that the machine has are to be given one by one.
    package init(allowing networks: [AddressNetwork], listeners: [SocketAddress]) {
        self.allowed = Set(networks)
        self.listeners = Set(
            listeners.compactMap { listener in
                IPAddress(listener).map { Listener(address: $0, port: listener.port) }
            })
    }

    /// Checks what can be known of a server before its name is resolved.
    ///
    /// - Throws: `ForbiddenAddress` when it is an address that is not allowed, or a name to be called without TLS
    ///   although no address is allowed for that.
    package func check(_ origin: HTTPOrigin) throws(ForbiddenAddress) {
        switch origin.host {
        case .address(let address): try check(address, port: origin.port, origin.scheme)
        case .name:
            guard origin.scheme == .https || !allowed.isEmpty else {
                throw ForbiddenAddress(
                    .url,
                    "http:// can be read and changed on the way: use https://, or name the server's address in "
                        + Self.setting)
            }
        }
    }

    /// Checks an address that is to be connected to.
    ///
    /// - Throws: `ForbiddenAddress` when it is not allowed.
    package func check(_ socket: SocketAddress, _ scheme: HTTPOrigin.Scheme) throws(ForbiddenAddress) {
        guard let address = IPAddress(socket) else { throw forbidden("it is not an IP address") }
        try check(address, port: socket.port, scheme)
    }

    private func check(
        _ address: IPAddress, port: Int?, _ scheme: HTTPOrigin.Scheme
    ) throws(ForbiddenAddress) {
        guard !isOwn(address, port) else { throw forbidden("\(address) is the proxy itself") }
        if isNamed(address) { return }
        for target in [address] + address.embedded {
            let words = target == address ? "\(address)" : "\(address) leads to \(target), which"
            if Self.metadataServices.contains(target), !isNamed(target) {
                throw forbidden(
                    "\(words) belongs to a service that gives away credentials of the machine; "
                        + "to allow it all the same, add exactly \"\(address)\" to \(Self.setting)")
            }
            guard target.isPublic || isInAllowedNetwork(target) else {
                throw forbidden(
                    "\(words) is not a public address; to allow it add \"\(address)\" to \(Self.setting)")
            }
        }
        guard scheme == .https || isInAllowedNetwork(address) else {
            throw forbidden(
                "http:// can be read and changed on the way: use https://, or add \"\(address)\" to \(Self.setting)")
        }
    }

    private func forbidden(_ reason: String) -> ForbiddenAddress { ForbiddenAddress(.address, reason) }

    private func isNamed(_ address: IPAddress) -> Bool {
        allowed.contains { $0.isSingleAddress && $0.address == address }
    }

    private func isInAllowedNetwork(_ address: IPAddress) -> Bool {
        allowed.contains { $0.contains(address) }
    }

    private func isOwn(_ address: IPAddress, _ port: Int?) -> Bool {
        listeners.contains { listener in
            guard listener.port == port else { return false }
            return listener.address == address || (listener.address.isUnspecified && address.isThisMachine)
        }
    }

    /// Where clouds hand out what a machine may do, to whoever asks from it. One of them has a public address.
    private static let metadataServices: Set<IPAddress> = [
        .v4(0xA9FE_A9FE),  // 169.254.169.254: most of them
        .v4(0xA9FE_AA02), .v4(0xA9FE_AA17),  // 169.254.170.2, 169.254.170.23: containers at AWS
        .v4(0xA9FE_0017),  // 169.254.0.23: Tencent
        .v4(0xA9FE_2A2A),  // 169.254.42.42: Scaleway
        .v4(0x6464_64C8),  // 100.100.100.200: Alibaba
        .v4(0xC000_00C0),  // 192.0.0.192: Oracle
        .v4(0xA83F_8110),  // 168.63.129.16: Azure
        .v6(0xFD00_0EC2 << 96 | 0x254), .v6(0xFD00_0EC2 << 96 | 0x23),  // AWS
        .v6(0xFD20_00CE << 96 | 0x254),  // Google
        .v6(0xFD00_0042 << 96 | 0x42),  // Scaleway
    ]
}
