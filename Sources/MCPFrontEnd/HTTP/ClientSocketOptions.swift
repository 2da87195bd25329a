import NIOCore
import NIOPosix

/// The options of client sockets, and the one place where systems differ in them.
enum ClientSocketOptions {
    /// How long sent bytes may stay unacknowledged before the connection counts as broken. Streams carry a comment
    /// every few seconds, so that a client that vanished without a word is noticed.
    private static let unacknowledgedMilliseconds = 30_000

    /// Sets what holds for connections of every kind: a client may end its side after its request and wait for the
    /// answer (RFC 9293, 3.6).
    static func applyHalfClosure(to bootstrap: ServerBootstrap) -> ServerBootstrap {
        bootstrap.childChannelOption(.allowRemoteHalfClosure, value: true)
    }

    /// Sets what holds for TCP.
    static func apply(to bootstrap: ServerBootstrap) -> ServerBootstrap {
        let bootstrap = applyHalfClosure(to: bootstrap).childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        #if os(Linux)
            // TCP_USER_TIMEOUT (RFC 5482), which the C library's Swift module does not export.
            let userTimeout = NIOBSDSocket.Option(rawValue: 18)
            return bootstrap.childChannelOption(
                ChannelOptions.Types.SocketOption(level: .tcp, name: userTimeout),
                value: unacknowledgedMilliseconds
            )
        #else
            return bootstrap
        #endif
    }
}
