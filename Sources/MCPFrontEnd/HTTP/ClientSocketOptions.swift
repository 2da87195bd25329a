import NIOCore
import NIOPosix

/// The options of client sockets, and the one place where systems differ in them.
enum ClientSocketOptions {
    /// How long sent bytes may stay unacknowledged before the connection counts as broken. Streams carry a comment
    /// every few seconds, so that a client that vanished without a word is noticed.
    private static let unacknowledgedMilliseconds = 30_000

    static func apply(to bootstrap: ServerBootstrap) -> ServerBootstrap {
        // A client may end its side after its request and wait for the answer (RFC 9293, 3.6).
        let bootstrap = bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
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
