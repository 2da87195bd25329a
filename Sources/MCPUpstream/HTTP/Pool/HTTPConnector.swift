import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Makes the channel of a connection: TCP, then the handlers for TLS and HTTP/1.1.
enum HTTPConnector {
    static func connect(_ connection: HTTPConnection, of pool: HTTPConnectionPool) {
        let bootstrap = ClientBootstrap(group: pool.eventLoop)
            .connectTimeout(pool.settings.connectTimeout)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
        let origin = pool.origin
        let channel: EventLoopFuture<any Channel>
        // An error says that the host is a name, not an address.
        if let address = try? SocketAddress(ipAddress: origin.host, port: origin.port) {
            channel = bootstrap.connect(to: address)
        } else {
            channel = bootstrap.connect(host: origin.host, port: origin.port)
        }
        channel.assumeIsolated().whenComplete { result in
            do {
                try addHandlers(connection, pool, result.get())
            } catch {
                pool.connectionFailed(connection, HTTPConnectionFailure.connecting(error, origin: origin))
            }
        }
    }

    /// The channel has only just been connected, so nothing has been read from it: servers do not speak first.
    private static func addHandlers(
        _ connection: HTTPConnection,
        _ pool: HTTPConnectionPool,
        _ channel: any Channel
    ) throws {
        guard channel.isActive else { throw ChannelError.ioOnClosedChannel }
        let pipeline = channel.pipeline.syncOperations
        do {
            if pool.origin.scheme == .https { try pipeline.addHandler(tlsHandler(pool)) }
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = pool.settings.maximumHeaderFieldBytes
            limits.maxHeaderListSize = pool.settings.maximumHeaderBytes
            limits.maxHeaderFieldCount = pool.settings.maximumHeaderFields
            try pipeline.addHandler(connection.writer)
            try pipeline.addHandler(ByteToMessageHandler(HTTPResponseDecoder(limitConfiguration: limits)))
            try pipeline.addHandler(connection)
        } catch {
            channel.close(promise: nil)
            throw error
        }
    }

    private static func tlsHandler(_ pool: HTTPConnectionPool) throws -> NIOSSLClientHandler {
        let host = pool.origin.host
        // Server name indication knows names only; an address is checked against the certificate all the same.
        // The error says that the host is not an address.
        let isAddress = (try? SocketAddress(ipAddress: host, port: 1)) != nil
        return try NIOSSLClientHandler(context: pool.trust.context(), serverHostname: isAddress ? nil : host)
    }
}
