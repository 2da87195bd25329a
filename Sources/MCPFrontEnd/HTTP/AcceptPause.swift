import Logging
import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Stops accepting while more connections are open than are let in, as those are that come faster than they can be
/// closed: whoever waits, waits in the system's queue. And for a moment when the system has no descriptors or memory for
/// another one; without that the waiting connection would be tried again at once, for ever.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private static let pause = TimeAmount.milliseconds(500)
    private let mostOpen: Int
    private let logger: Logger
    private var open = 0
    private var isFull = false
    private var isPaused = false
    private var shortages = RepeatedEvent()

    /// - Parameter mostOpen: How many connections may be open, whether let in or about to be closed.
    init(mostOpen: Int, logger: Logger) {
        self.mostOpen = mostOpen
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let (listener, eventLoop) = (context.channel, context.eventLoop)
        open += 1
        if open >= mostOpen, !isFull { isFull = setReading(listener, false) }
        unwrapInboundIn(data).closeFuture.hop(to: eventLoop).assumeIsolated().whenComplete { [self] _ in
            open -= 1
            guard isFull, open < mostOpen else { return }
            isFull = false
            if !isPaused { _ = setReading(listener, true) }
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
            context.fireErrorCaught(error)
            return
        }
        log(error, context.eventLoop)
        guard !isPaused else { return }
        let channel = context.channel
        isPaused = setReading(channel, false)
        guard isPaused else { return }
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            isPaused = false
            if !isFull { _ = setReading(channel, true) }
        }
    }

    /// Holding back reads would not help: the one that failed is still asked for.
    private func setReading(_ channel: any Channel, _ isReading: Bool) -> Bool {
        // A listener that cannot be paused has been closed.
        (try? channel.syncOptions?.setOption(.autoRead, value: isReading)) != nil
    }

    private func log(_ error: IOError, _ eventLoop: any EventLoop) {
        guard shortages.happened() == .tell else { return }
        logger.error(
            "no more connections can be accepted for now; raise the limit of open files (ulimit -n)",
            metadata: ["error": "\(error)"]
        )
        scheduleSum(eventLoop)
    }

    private func scheduleSum(_ eventLoop: any EventLoop) {
        eventLoop.assumeIsolated().scheduleTask(in: RepeatedEvent.interval) { [weak self] in
            guard let self else { return }
            let count = shortages.sum()
            guard count > 0 else { return }
            logger.error(
                "still no more connections can be accepted at times; raise the limit of open files (ulimit -n)",
                metadata: ["count": "\(count)"]
            )
            scheduleSum(eventLoop)
        }
    }
}
