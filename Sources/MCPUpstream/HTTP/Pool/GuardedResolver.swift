import Addresses
import NIOCore
import NIOPosix

/// Resolves the name of a server for one connection, and gives its addresses away only when all of them are allowed:
/// what has been checked is what is connected to, whatever the name stands for a moment later.
///
/// One forbidden address refuses the name, because the name of a public server has none. A resolver that is made has to
/// be asked, or its promises are never kept.
final class GuardedResolver: Resolver, Sendable {
    private let gate: AddressGate
    private let scheme: HTTPOrigin.Scheme
    private let lookup: AddressLookup
    private let version4: EventLoopPromise<[SocketAddress]>
    private let version6: EventLoopPromise<[SocketAddress]>

    init(
        _ gate: AddressGate, _ scheme: HTTPOrigin.Scheme, _ lookup: AddressLookup, on eventLoop: any EventLoop
    ) {
        self.gate = gate
        self.scheme = scheme
        self.lookup = lookup
        self.version4 = eventLoop.makePromise()
        self.version6 = eventLoop.makePromise()
    }

    /// Asks for both kinds of addresses at once, beside the event loops. Is called before the other one.
    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        let found = NIOThreadPool.singleton.runIfActive(eventLoop: version6.futureResult.eventLoop) { [self] in
            try lookup.allowedAddresses(host, port, gate, scheme)
        }
        found.map { $0.filter { $0.protocol == .inet6 } }.cascade(to: version6)
        found.map { $0.filter { $0.protocol == .inet } }.cascade(to: version4)
        return version6.futureResult
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        version4.futureResult
    }

    /// A look-up that has begun cannot be ended; nobody hears of what it finds.
    func cancelQueries() {}
}

extension AddressLookup {
    /// Returns the addresses of a name, when a guard allows all of them.
    func allowedAddresses(
        _ host: String, _ port: Int, _ gate: AddressGate, _ scheme: HTTPOrigin.Scheme
    ) throws -> [SocketAddress] {
        let addresses = try addresses(host, port)
        guard !addresses.isEmpty else { throw NoAddress() }
        for address in addresses { try gate.check(address, scheme) }
        return addresses
    }
}
