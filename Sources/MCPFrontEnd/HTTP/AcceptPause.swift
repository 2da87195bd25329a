import Logging
import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Stops accepting for a moment when the system has no descriptors or memory for another connection. Without it the
/// waiting connection would be tried again at once, for ever.
///
/// Confined to the listener's event loop; that is what makes `@unchecked Sendable` true.
final class AcceptPause: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    private static let pause = TimeAmount.milliseconds(500)
    private let logger: Logger
    private var isPaused = false
    private var holdsRead = false
    private var shortages = RepeatedEvent()

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
            context.fireErrorCaught(error)
            return
        }
        log(error, context.eventLoop)
        guard !isPaused else { return }
        isPaused = true
        let channel = context.channel
        context.eventLoop.scheduleTask(in: Self.pause) { [self] in
            isPaused = false
            guard holdsRead else { return }
            holdsRead = false
            channel.read()
        }
    }

    func read(context: ChannelHandlerContext) {
        if isPaused { holdsRead = true } else { context.read() }
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
        eventLoop.scheduleTask(in: RepeatedEvent.interval) { [weak self] in
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
