package import Logging
package import Metrics
package import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Says why a listener could not be opened.
package struct ListenerError: Error, CustomStringConvertible {
    package let description: String
}

/// One bound address.
package final class HTTPListener: Sendable {
    private struct State {
        var channel: (any Channel)?
        /// Where a Unix socket is listened on.
        var socketFile: UnixSocketFile?
        var connections: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
        var countByAddress: [String: Int] = [:]
        /// Refused connections, by the limit that was reached.
        var refusals: [String: RepeatedEvent] = [:]
    }

    let logger: Logger
    private let limits: HTTPLimits
    /// What clients are shown; nil where they speak plain HTTP.
    private let tls: ListenerTLS?
    private let state = Mutex(State())
    /// What all bodies may take that are being read, or whose requests have no answer yet.
    let bodies: ByteBudget
    let unread: UnreadAnswers

    /// What is counted of clients.
    let meters: Meters

    package init(limits: HTTPLimits, tls: ListenerTLS? = nil, meters: Meters = Meters(), logger: Logger) {
        self.meters = meters
        self.limits = limits
        self.tls = tls
        self.logger = logger
        // One body always fits, with what its buffer has too much.
        bodies = ByteBudget(bytes: max(limits.maximumBufferedBytes, 2 * limits.maximumBodyBytes))
        unread = UnreadAnswers(maximumBytes: limits.maximumBufferedBytes)
    }

    /// Listens at the place.
    ///
    /// - Throws: `ListenerError` in words, for instance when the port is in use.
    func bind(
        _ place: ListenerPlace, eventLoops: any EventLoopGroup, handler: any HTTPRequestHandler
    ) async throws(ListenerError) {
        switch place {
        case .port(let port, let host):
            let bootstrap = ClientSocketOptions.apply(to: bootstrap(eventLoops, handler))
            do {
                let channel: any Channel
                if let host {
                    channel = try await bootstrap.bind(host: host, port: port).get()
                } else {
                    channel = try await Self.bindAll(bootstrap, port: port)
                }
                state.withLock { $0.channel = channel }
            } catch {
                throw Self.explain(error, host: host, port: port)
            }
        case .unixSocket(let path):
            let (socket, file) = try UnixSocketFile.open(path)
            do {
                let channel = try await ClientSocketOptions.applyHalfClosure(to: bootstrap(eventLoops, handler))
                    .withBoundSocket(socket).get()
                state.withLock { ($0.channel, $0.socketFile) = (channel, file) }
            } catch {
                file.remove()
                throw ListenerError(description: "cannot listen on \(path): \(error)")
            }
        }
    }

    private func bootstrap(_ eventLoops: any EventLoopGroup, _ handler: any HTTPRequestHandler) -> ServerBootstrap {
        let (limits, tls, logger) = (self.limits, self.tls, self.logger)
        return ServerBootstrap(group: eventLoops)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptPause(mostOpen: limits.mostOpenConnections, logger: logger))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(TLSEntry(tls, HandshakeWatch(self))) }
                    try pipeline.addHandler(RequestReader.handler())
                    try pipeline.addHandler(
                        ClientSocket(limits: limits, listener: self, handler: handler, isHandshaking: tls != nil))
                }
            }
    }

    /// Binds every interface: both families with one socket where there is IPv6, else IPv4.
    private static func bindAll(_ bootstrap: ServerBootstrap, port: Int) async throws -> any Channel {
        do {
            return try await bootstrap.bind(host: "::", port: port).get()
        } catch let error as IOError where error.errnoCode == EAFNOSUPPORT || error.errnoCode == EADDRNOTAVAIL {
            return try await bootstrap.bind(host: "0.0.0.0", port: port).get()
        }
    }

    private static func wayToSeeWhoListens(_ port: Int) -> String {
        #if os(Linux)
            "ss -ltnp 'sport = :\(port)'"
        #else
            "lsof -nP -iTCP:\(port) -sTCP:LISTEN"
        #endif
    }

    private static func explain(_ error: any Error, host: String?, port: Int) -> ListenerError {
        let address = "\(host ?? ""):\(port)"
        let suggestion = "write one, such as \"127.0.0.1:\(port)\", or \":\(port)\" for all of them"
        if let error = error as? SocketAddressError.UnknownHost {
            return ListenerError(
                description:
                    "\"\(error.host)\" in \"addr\" of mcpProxy leads to no address of this machine "
                    + "(\(error.errorDescription)); \(suggestion)"
            )
        }
        guard let error = error as? IOError else {
            return ListenerError(description: "cannot listen on \(address): \(error)")
        }
        switch error.errnoCode {
        case EADDRINUSE:
            return ListenerError(
                description: "port \(port) is in use already (address \(address)); stop the other program, which "
                    + "\(Self.wayToSeeWhoListens(port)) shows, or choose another port with \"addr\" in mcpProxy"
            )
        case EACCES:
            return ListenerError(description: "port \(port) needs more rights than this user has; use one above 1023")
        case EADDRNOTAVAIL:
            return ListenerError(
                description: "\(host ?? "") is no address of this machine (\"addr\" in mcpProxy); \(suggestion)")
        default:
            return ListenerError(description: "cannot listen on \(address): \(error)")
        }
    }

    /// The address at which it listens.
    package var address: SocketAddress? { state.withLock { $0.channel?.localAddress } }

    /// The port in use, which differs from the one asked for when that was 0.
    package var port: Int? { state.withLock { $0.channel?.localAddress?.port } }

    var isDraining: Bool { state.withLock { $0.isDraining } }

    package var connectionCount: Int { state.withLock { $0.connections.count } }

    /// - Returns: whether it is one beyond the maximum, which may not be used for all that others may.
    func opened(_ channel: any Channel, address: String) -> Bool {
        let (exceeded, isGuest) = state.withLock { state -> (String?, Bool) in
            state.connections[ObjectIdentifier(channel)] = channel
            state.countByAddress[address, default: 0] += 1
            let perAddress = limits.maximumConnectionsPerAddress
            // Whoever comes over a Unix socket has no address.
            if perAddress > 0, !address.isEmpty, state.countByAddress[address, default: 0] > perAddress {
                return ("maxConnectionsPerAddress", false)
            }
            let excess = state.connections.count - limits.maximumConnections
            return (excess > 0 ? "maxConnections" : nil, excess > 0 && excess <= limits.guestConnections)
        }
        if let exceeded {
            logRefusal(exceeded, channel.eventLoop)
            if !isGuest { channel.close(promise: nil) }
        }
        return isGuest
    }

    private func logRefusal(_ limit: String, _ eventLoop: any EventLoop) {
        guard state.withLock({ $0.refusals[limit, default: RepeatedEvent()].happened() }) == .tell else { return }
        logger.warning("connection refused: too many are open", metadata: ["limit": "limits.\(limit)"])
        scheduleSum(of: limit, eventLoop)
    }

    /// Tells of a client that could not be let in. Scanners are such clients, too, so that is for who looks for it.
    func noteFailedHandshake(_ reason: String, _ channel: any Channel) {
        logger.debug(
            "connection closed before its first request",
            metadata: ["reason": "\(reason)", "client": "\(channel.remoteAddress?.ipAddress ?? "")"])
    }

    private func scheduleSum(of limit: String, _ eventLoop: any EventLoop) {
        eventLoop.scheduleTask(in: RepeatedEvent.interval) { [weak self] in
            guard let self else { return }
            let count = state.withLock { $0.refusals[limit]?.sum() ?? 0 }
            guard count > 0 else { return }
            logger.warning(
                "more connections refused: too many are open",
                metadata: ["limit": "limits.\(limit)", "count": "\(count)"])
            scheduleSum(of: limit, eventLoop)
        }
    }

    /// - Parameter address: As it was when the connection was opened.
    func closed(_ channel: any Channel, address: String) {
        state.withLock { state in
            guard state.connections.removeValue(forKey: ObjectIdentifier(channel)) != nil else { return }
            let left = state.countByAddress[address, default: 1] - 1
            state.countByAddress[address] = left > 0 ? left : nil
        }
    }

    /// Asks clients to come back on another connection. New ones are still taken: answers to questions of servers
    /// come on them, and load balancers ask whether we are ready.
    package func beginDraining() {
        state.withLock { $0.isDraining = true }
    }

    /// Has every connection look again at whom it has let in.
    func review(_ review: VisitorReview) {
        for channel in state.withLock({ Array($0.connections.values) }) {
            channel.pipeline.fireUserInboundEventTriggered(review)
        }
    }

    /// Tells a connection to close as soon as it answers nothing.
    struct CloseWhenIdle: Sendable {}

    /// Closes the listener and every connection, those that are answering after their answers.
    package func close() {
        beginDraining()
        let (channel, file) = state.withLock { state in
            defer { state.socketFile = nil }
            return (state.channel, state.socketFile)
        }
        file?.remove()
        channel?.close(promise: nil)
        for channel in state.withLock({ Array($0.connections.values) }) {
            channel.pipeline.fireUserInboundEventTriggered(CloseWhenIdle())
        }
    }
}
