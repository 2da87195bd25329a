import Addresses
import NIOCore

@testable import MCPUpstream

extension AddressGuard {
    /// A guard of networks as operators write them.
    init(allowing networks: [String], listeners: [SocketAddress] = []) throws(AddressNetworkError) {
        var read: [AddressNetwork] = []
        for text in networks { read.append(try AddressNetwork(text)) }
        self.init(allowing: read, listeners: listeners)
    }
}

extension AddressGate {
    /// A gate in which a guard stands.
    convenience init(allowing networks: [String]) throws {
        self.init()
        change(to: try AddressGuard(allowing: networks))
    }
}

extension Reach {
    /// What a guard of these networks allows.
    static func allowing(_ networks: [String]) throws -> Reach {
        .guarded(try AddressGate(allowing: networks))
    }
}

extension AddressLookup {
    /// Every name stands for this machine.
    static let loopback = AddressLookup { _, port in [try SocketAddress(ipAddress: "127.0.0.1", port: port)] }
}
