import Addresses
import NIOCore
import Synchronization

/// The guard in force, which changes when the operator allows other addresses. What was connected under an earlier one
/// is judged again (`LinkMaker.endForbiddenConnections`).
///
/// Closed until the first guard comes: before it is known where the proxy listens, it could be made to call itself.
package final class AddressGate: Sendable {
    private enum State {
        case closed
        case guarded(AddressGuard)
    }

    private let state = Mutex(State.closed)

    package init() {}

    /// Puts another guard in force.
    package func change(to addressGuard: AddressGuard) {
        state.withLock { $0 = .guarded(addressGuard) }
    }

    func check(_ origin: HTTPOrigin) throws(ForbiddenAddress) { try current().check(origin) }

    /// - Parameter socket: Where a connection leads; one that leads nowhere any more is forbidden as well.
    func check(_ socket: SocketAddress?, _ scheme: HTTPOrigin.Scheme) throws(ForbiddenAddress) {
        guard let socket else { throw ForbiddenAddress(.url, "the connection has no address any more") }
        try current().check(socket, scheme)
    }

    private func current() throws(ForbiddenAddress) -> AddressGuard {
        switch state.withLock({ $0 }) {
        case .guarded(let addressGuard): return addressGuard
        case .closed: throw ForbiddenAddress(.url, "the proxy is still starting; try again in a moment")
        }
    }
}
