import Addresses
import NIOCore
import NIOPosix

/// Makes the channel of a connection that leads through a proxy.
///
/// The proxy is the operator's, so it may be anywhere. Where a server is guarded, its name is resolved here, all of its
/// addresses are judged, and the proxy is asked for one of them: what the proxy takes a name for is not known here.
struct TunnelConnector: Sendable {
    /// A channel that leads to the server, nothing having been sent there.
    struct Made: Sendable {
        let channel: any Channel
        /// The address that a proxy was asked for; nil where it was a name, or there is no proxy.
        let tunnelEnd: SocketAddress?
    }

    private let proxy: ForwardProxy
    private let origin: HTTPOrigin
    private let reach: Reach
    private let lookup: AddressLookup
    private let eventLoop: any EventLoop
    private let timeout: TimeAmount

    init(_ pool: HTTPConnectionPool, through proxy: ForwardProxy) {
        self.proxy = proxy
        origin = pool.origin
        reach = pool.reach
        lookup = pool.lookup
        eventLoop = pool.eventLoop
        timeout = pool.settings.connectTimeout
    }

    func connect() -> EventLoopFuture<Made> {
        end.flatMap { end in
            toProxy.flatMap { channel in
                open(on: channel, to: end.map(Self.authority) ?? Self.authority(origin.host, origin.port))
                    .map { Made(channel: channel, tunnelEnd: end) }
            }
        }.flatMapErrorThrowing { error in
            guard case .guarded = reach, var failure = error as? TunnelFailure else { throw error }
            failure.isOfGuarded = true
            throw failure
        }
    }

    /// The address that the guard allows; nil where there is no guard and the proxy may resolve the name.
    private var end: EventLoopFuture<SocketAddress?> {
        guard case .guarded(let gate) = reach else { return eventLoop.makeSucceededFuture(nil) }
        switch origin.host {
        case .address(let address): return eventLoop.submit { try address.socket(port: origin.port) }
        case .name(let name):
            return NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
                let addresses = try lookup.allowedAddresses(name, origin.port, gate, origin.scheme)
                // Only the proxy knows what it reaches, and IPv4 is what nearly all of them do.
                return addresses.first { $0.protocol == .inet } ?? addresses.first
            }.flatMapThrowing { found in
                guard let found else { throw AddressLookup.NoAddress() }
                return found
            }
        }
    }

    private var toProxy: EventLoopFuture<any Channel> {
        let bootstrap = HTTPConnector.bootstrap(on: eventLoop, within: timeout)
        let channel: EventLoopFuture<any Channel>
        switch proxy.origin.host {
        case .name(let name): channel = bootstrap.connect(host: name, port: proxy.origin.port)
        case .address(let address):
            do {
                channel = bootstrap.connect(to: try address.socket(port: proxy.origin.port))
            } catch {
                channel = eventLoop.makeFailedFuture(error)
            }
        }
        return channel.flatMapErrorThrowing { throw TunnelFailure(proxy: proxy, cause: .unreachable($0)) }
    }

    private func open(on channel: any Channel, to authority: String) -> EventLoopFuture<Void> {
        let done = eventLoop.makePromise(of: Void.self)
        do {
            try channel.pipeline.syncOperations.addHandler(
                ProxyTunnel(proxy, to: authority, within: timeout, whenDone: done))
        } catch {
            // The channel has been closed meanwhile.
            done.fail(TunnelFailure(proxy: proxy, cause: .closed))
        }
        return done.futureResult
    }

    private static func authority(_ socket: SocketAddress) -> String {
        guard let address = IPAddress(socket) else { return "" }
        return authority(.address(address), socket.port ?? 0)
    }

    private static func authority(_ host: HTTPOrigin.Host, _ port: Int) -> String { "\(host):\(port)" }
}
