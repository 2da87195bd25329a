import Addresses
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Makes the channel of a connection: TCP, through a proxy where there is one, then the handlers for TLS and HTTP/1.1.
enum HTTPConnector {
    /// A proxy is meant, but its address cannot be used.
    struct UnusableProxy: Error {
        let words: String
    }

    static func connect(_ connection: PooledConnection, of pool: HTTPConnectionPool) {
        let origin = pool.origin
        let channel = channel(for: pool)
        channel.assumeIsolated().whenComplete { result in
            do {
                let made = try result.get()
                connection.tunnelEnd = made.tunnelEnd
                try addHandlers(connection, pool, made.channel)
            } catch {
                pool.connectionFailed(connection, HTTPConnectionFailure.connecting(error, origin: origin))
            }
        }
    }

    private static func channel(for pool: HTTPConnectionPool) -> EventLoopFuture<TunnelConnector.Made> {
        do {
            if case .guarded(let gate) = pool.reach { try gate.check(pool.origin) }
            // What cannot be believed is not called.
            if pool.origin.scheme == .https { _ = try pool.trust.context() }
            switch pool.route {
            case .direct: return try direct(pool).map { TunnelConnector.Made(channel: $0, tunnelEnd: nil) }
            case .socket(let path):
                return toSocket(path, pool).map { TunnelConnector.Made(channel: $0, tunnelEnd: nil) }
            case .through(let proxy): return TunnelConnector(pool, through: proxy).connect()
            case .unusable(let words): throw UnusableProxy(words: words)
            }
        } catch {
            // Not at once: the pool is still being asked for the connection.
            return pool.eventLoop.submit { throw error }
        }
    }

    /// Connects to the host's address, or to one of those that its name stands for at this moment.
    private static func direct(_ pool: HTTPConnectionPool) throws -> EventLoopFuture<any Channel> {
        let origin = pool.origin
        let bootstrap = bootstrap(on: pool.eventLoop, within: pool.settings.connectTimeout)
        switch (origin.host, pool.reach) {
        case (.address(let address), _):
            return bootstrap.connect(to: try address.socket(port: origin.port))
        case (.name(let name), .anywhere):
            return bootstrap.connect(host: name, port: origin.port)
        case (.name(let name), .guarded(let gate)):
            let resolver = GuardedResolver(gate, origin.scheme, pool.lookup, on: pool.eventLoop)
            return bootstrap.resolver(resolver).connect(host: name, port: origin.port)
        }
    }

    private static func toSocket(_ path: String, _ pool: HTTPConnectionPool) -> EventLoopFuture<any Channel> {
        ClientBootstrap(group: pool.eventLoop)
            .connectTimeout(pool.settings.connectTimeout)
            .connect(unixDomainSocketPath: path)
    }

    static func bootstrap(on eventLoop: any EventLoop, within timeout: TimeAmount) -> ClientBootstrap {
        ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
    }

    /// The channel has only just been connected, so nothing has been read from it: servers do not speak first.
    private static func addHandlers(
        _ connection: PooledConnection,
        _ pool: HTTPConnectionPool,
        _ channel: any Channel
    ) throws {
        guard channel.isActive else { throw ChannelError.ioOnClosedChannel }
        let pipeline = channel.pipeline.syncOperations
        do {
            // The guard may be another one than when the connection was begun.
            if case .guarded(let gate) = pool.reach {
                try gate.check(connection.tunnelEnd ?? channel.remoteAddress, pool.origin.scheme)
            }
            if pool.origin.scheme == .https { try pipeline.addHandlers(tlsHandlers(pool)) }
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

    private static func tlsHandlers(_ pool: HTTPConnectionPool) throws -> [any ChannelHandler] {
        let host = pool.origin.host
        let handler = try NIOSSLClientHandler(context: pool.trust.context(), serverHostname: host.indicatedName)
        return [handler] + (pool.trust.check(for: host).map { [$0] } ?? [])
    }
}

extension HTTPOrigin.Host {
    /// What a server is told before it shows a certificate (RFC 6066): names only, without the dot of the root.
    fileprivate var indicatedName: String? {
        switch self {
        case .name(let name): name.hasSuffix(".") ? String(name.dropLast()) : name
        case .address: nil
        }
    }
}
