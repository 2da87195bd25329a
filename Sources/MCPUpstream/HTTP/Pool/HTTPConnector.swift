import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Makes the channel of a connection: TCP, then the handlers for TLS and HTTP/1.1.
enum HTTPConnector {
    static func connect(_ connection: HTTPConnection, of pool: HTTPConnectionPool) {
        let origin = pool.origin
        let channel = connect(to: origin, of: pool)
        channel.assumeIsolated().whenComplete { result in
            do {
                try addHandlers(connection, pool, result.get())
            } catch {
                pool.connectionFailed(connection, HTTPConnectionFailure.connecting(error, origin: origin))
            }
        }
    }

    /// Connects to the host's address, or to one of those that its name stands for at this moment.
    private static func connect(to origin: HTTPOrigin, of pool: HTTPConnectionPool) -> EventLoopFuture<any Channel> {
        var bootstrap = ClientBootstrap(group: pool.eventLoop)
            .connectTimeout(pool.settings.connectTimeout)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
        do throws(ForbiddenAddress) {
            try pool.addressGuard?.check(origin)
        } catch {
            // Not at once: the pool is still being asked for the connection.
            return pool.eventLoop.submit { throw error }
        }
        if let address = origin.address { return bootstrap.connect(to: address) }
        if let addressGuard = pool.addressGuard {
            let resolver = GuardedResolver(addressGuard, origin.scheme, pool.lookup, on: pool.eventLoop)
            bootstrap = bootstrap.resolver(resolver)
        }
        return bootstrap.connect(host: origin.host, port: origin.port)
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
            try pipeline.addHandler(ResponseReader.handler(limits: limits))
            try pipeline.addHandler(connection)
        } catch {
            channel.close(promise: nil)
            throw error
        }
    }

    private static func tlsHandler(_ pool: HTTPConnectionPool) throws -> NIOSSLClientHandler {
        // Server name indication knows names only; an address is checked against the certificate all the same.
        let name = pool.origin.address == nil ? pool.origin.host : nil
        return try NIOSSLClientHandler(context: pool.trust.context(), serverHostname: name)
    }
}
